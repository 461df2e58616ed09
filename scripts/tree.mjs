// A syntax tree (ESTree), and edits of the text that it was read from.

/** The nodes right below one, in the order of the text. */
export const childrenOf = (node) =>
  Object.values(node)
    .flat()
    .filter((value) => typeof value?.type === 'string');

/** A node and every one below it. */
export const nodesIn = (node) => [node, ...childrenOf(node).flatMap(nodesIn)];

/** The text with its parts replaced: an edit is a start, an end, and what stands there instead. */
export const edit = (text, edits) =>
  edits.sort(([a], [b]) => b - a).reduce((result, [start, end, instead]) => result.slice(0, start) + instead + result.slice(end), text);
