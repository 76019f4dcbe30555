// Elements of a page, made without markup: a text stays a text, whatever it holds.

type Child = Node | string;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function field(label: string, input: HTMLElement): HTMLLabelElement {
  return element("label", {}, label, input);
}

/** A button whose work is done once at a time; `show` is told of a failure. */
export function button(text: string, work: () => Promise<void>, show: (error: unknown) => void): HTMLButtonElement {
  const made = element("button", { type: "button" }, text);
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await work();
    } catch (error) {
      show(error);
    } finally {
      made.disabled = false;
    }
  });
  return made;
}
