// Categories as a select box shows them.

import { type Api, opened, type Schemas } from "./api.ts";

export interface Choice {
  categoryId: string;
  label: string;
}

/** The whole tree, from top to bottom; depth is shown by dots. */
export async function choices(api: Api): Promise<Choice[]> {
  return labelled(opened(await api.GET("/v1/categories")), "");
}

function labelled(nodes: Schemas["CategoryNode"][], before: string): Choice[] {
  return nodes.flatMap(({ categoryId, name, children }) => [
    { categoryId, label: before + name },
    ...labelled(children, `${before}· `),
  ]);
}
