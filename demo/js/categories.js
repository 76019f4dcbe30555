// Categories as a select box shows them.
import { opened } from "./api.js";
/** The whole tree, from top to bottom; depth is shown by dots. */
export async function choices(api) {
    return labelled(opened(await api.GET("/v1/categories")), "");
}
function labelled(nodes, before) {
    return nodes.flatMap(({ categoryId, name, children }) => [
        { categoryId, label: before + name },
        ...labelled(children, `${before}· `),
    ]);
}
