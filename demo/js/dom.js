// Elements of a page, made without markup: a text stays a text, whatever it holds.
export function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
}
export function field(label, input) {
    return element("label", {}, label, input);
}
/** A button whose work is done once at a time; `show` is told of a failure. */
export function button(text, work, show) {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", async () => {
        made.disabled = true;
        try {
            await work();
        }
        catch (error) {
            show(error);
        }
        finally {
            made.disabled = false;
        }
    });
    return made;
}
