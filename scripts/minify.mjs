// Makes a script of a bundle (one ES module that exports nothing, not minified), as small as it gets once it is compressed.
// Two minifiers do what minifiers do. Here is what they cannot know: that the whole bundle may be one block, and which names
// compress well.
import { brotliCompressSync } from 'node:zlib';
import { minifySync } from '@swc/core';
import { parse } from 'acorn';
import { minify as terser } from 'terser';
import { bindingsIn, LETTERS, rename } from './rename.mjs';
import { childrenOf, edit, nodesIn } from './tree.mjs';

const statementsOf = (code) => parse(code, { ecmaVersion: 2020, sourceType: 'module' }).body;

/**
 * Takes a factory apart that is called once, at the top, with an argument that it does not look at: what it declares may as
 * well be declared at the top itself. (The argument was the edges, which the bundle has under their own names.)
 */
function openFactory(code) {
  const statements = statementsOf(code);
  const text = ({ start, end }) => code.slice(start, end);
  for (const statement of statements) {
    const { id, init } = statement.declarations?.[0] ?? {};
    const factory = statements.find(({ type, id }) => type === 'FunctionDeclaration' && id.name === init?.callee?.name);
    const [parameter] = factory?.params ?? [];
    if (!parameter || init.arguments[0].type !== 'ObjectExpression' || nodesIn(factory.body).some(({ name }) => name === parameter.name))
      continue;
    const end = factory.body.body.at(-1);
    const inside = code.slice(factory.body.start + 1, end.start);
    const { free } = bindingsIn(code);
    for (const { name, scope } of bindingsIn(inside).bindings)
      if (!scope.parent && free.has(name)) throw new Error(`${name} is a global elsewhere in the bundle, and so no name for the top`);
    return edit(code, [
      [factory.start, factory.end, ''],
      [statement.start, statement.end, `${inside}let ${text(id)} = ${text(end.argument)};`],
    ]);
  }
  return code;
}

/** Variables as `let` and functions as arrows: neither gets out of a block. */
function blockScoped(code) {
  const edits = [];
  for (const { type, start, end, kind, id, async, generator, body } of statementsOf(code))
    if (type === 'VariableDeclaration') edits.push([start, start + kind.length, 'let']);
    else if (generator) throw new Error(`${id.name} is a generator, and no arrow can be one`);
    else if (type === 'FunctionDeclaration')
      edits.push(
        [start, code.indexOf('(', id.end), `let ${id.name} = ${async ? 'async ' : ''}`],
        [body.start, body.start, '=> '],
        [end, end, ';'],
      );
  return edit(code, edits);
}

const compress = { ecma: 2020, passes: 4, pure_getters: true, unsafe: true, unsafe_regexp: true };

/** One minifier after the other: each alone leaves 1 to 3 % more. What they do not share was tried out, option by option. */
async function compressed(code) {
  const first = { ...compress, unsafe_arrows: true, inline: false, booleans_as_integers: true, sequences: false };
  const once = await terser(code, { ecma: 2020, toplevel: true, mangle: false, compress: first });
  return minifySync(once.code, { toplevel: true, mangle: false, compress: { ...compress, collapse_vars: false } }).code;
}

/** Whether declaring it runs nothing, so that it may be declared earlier. */
const isInert = (node) =>
  /^(Literal|FunctionExpression|ArrowFunctionExpression)$/.test(node.type) ||
  // Of a class that is not ours.
  (node.type === 'ClassExpression' && node.superClass?.name === 'Error') ||
  (/^(Object|Array|Unary|Binary)Expression$/.test(node.type) && childrenOf(node).every(isInert)) ||
  (node.type === 'Property' && !node.computed && isInert(node.value)) ||
  (node.type === 'NewExpression' && node.callee.name === 'Map' && node.arguments.length === 0);

/** Declares everything that is inert first: data, for like compresses well beside like, then functions. */
function declaredFirst(code) {
  const first = [[], [], [], []];
  const rest = [];
  for (const { type, start, end, declarations } of statementsOf(code))
    if (type !== 'VariableDeclaration') rest.push(code.slice(start, end));
    else
      for (const { start, end, id, init } of declarations) {
        const declaration = code.slice(start, end);
        if (init && !(isInert(init) && id.type === 'Identifier'))
          rest.length > 0 ? rest.push(`let ${declaration};`) : first[3].push(declaration);
        else first[!init ? 0 : /Function/.test(init.type) ? 2 : 1].push(declaration);
      }
  const declared = first.flat().join(',');
  return `${declared && `let ${declared};`}${rest.join('').replace(/;$/, '')}`;
}

/** The byte order mark: a script without a charset is read in the page's own, and many a Korean shop is still EUC-KR. */
const marked = (code) => (/[^\0-\x7f]/.test(code) ? `\ufeff${code}` : code);

/** @param code the bundle */
export async function minify(code) {
  const small = declaredFirst(await compressed(blockScoped(openFactory(code))));
  // Which of the first letters comes first is a matter of luck, up to 20 bytes of it: each is tried.
  const scripts = [0, 1, 2, 3, 4, 5].map((i) =>
    marked(`"use strict";${rename(`{${small}}`, LETTERS.slice(i, 6) + LETTERS.slice(0, i) + LETTERS.slice(6))}`),
  );
  const sizes = scripts.map((script) => brotliCompressSync(script).length);
  return scripts[sizes.indexOf(Math.min(...sizes))];
}
