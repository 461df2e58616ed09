// Gives the variables of a script one-letter names, as the minifiers do, but such that they compress better: parameters get
// the first letters, the innermost ones first, and what has one name in the sources gets one letter wherever it can.
import { parse } from 'acorn';
import { childrenOf, edit } from './tree.mjs';

/** Roughly as often as they stand in the rest of a script. */
export const LETTERS = 'etranisoclhdpmufgywvbkxSMPCETADORIjLNJqWKzBFZVGHQUXY_$';

/** The identifiers that a pattern declares. */
function declaredBy(pattern) {
  if (pattern?.type === 'Identifier') return [pattern];
  if (pattern?.type === 'Property') return declaredBy(pattern.value);
  if (pattern?.type === 'AssignmentPattern') return declaredBy(pattern.left);
  return /Pattern|RestElement/.test(pattern?.type) ? childrenOf(pattern).flatMap(declaredBy) : [];
}

/**
 * Finds the variables of a script.
 *
 * @returns `bindings`: each with its name, its scope, its `uses` (identifiers, the declaring ones included) and the scopes where
 * another of its name would hide it; `free`: the names that are nobody's here
 */
export function bindingsIn(code) {
  const bindings = [];
  const uses = [];
  const open = (parent, depends = false) => ({ parent, depends, depth: parent ? parent.depth + 1 : 0, names: new Map() });
  const declare = (scope, pattern, isParameter = false) => {
    for (const { name } of declaredBy(pattern))
      if (!scope.names.has(name)) {
        const binding = { name, scope, isParameter, order: bindings.length, uses: [], scopes: new Set([scope]) };
        // A block may not declare what the parameters before it do.
        if (scope.depends) binding.scopes.add(scope.parent);
        scope.names.set(name, binding);
        bindings.push(binding);
      }
  };
  const hoist = (node, scope) => {
    if (/Function|Class/.test(node.type)) return;
    if (node.kind === 'var')
      for (const { id } of node.declarations) {
        for (const { name } of declaredBy(id))
          if (scope.depends && scope.parent.names.has(name)) throw new Error(`var ${name} is a parameter too: that is not understood here`);
        declare(scope, id);
      }
    for (const child of childrenOf(node)) hoist(child, scope);
  };
  const statements = (list, scope, isFunction) => {
    for (const node of list) {
      if (isFunction) hoist(node, scope);
      // In a sloppy script it would get out of its block.
      else if (node.type === 'FunctionDeclaration') throw new Error(`function ${node.id.name} is declared in a block`);
      if (/^(Function|Class)Declaration$/.test(node.type)) declare(scope, node.id);
      if (/^(let|const)$/.test(node.kind)) for (const { id } of node.declarations) declare(scope, id);
    }
    for (const node of list) visit(node, scope);
  };
  const visitFunction = ({ type, id, params, body }, outer) => {
    let scope = outer;
    if (id && type === 'FunctionExpression') {
      scope = open(scope);
      declare(scope, id);
    }
    if (id) visit(id, scope);
    scope = open(scope);
    for (const parameter of params) declare(scope, parameter, true);
    for (const parameter of params) visit(parameter, scope);
    if (body.type === 'BlockStatement') statements(body.body, open(scope, true), true);
    else visit(body, scope);
  };
  const visit = (node, scope) => {
    switch (node.type) {
      case 'Identifier':
        return uses.push({ node, scope });
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return visitFunction(node, scope);
      case 'BlockStatement':
        return statements(node.body, open(scope));
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        return statements(childrenOf(node), open(scope));
      case 'CatchClause': {
        const caught = open(scope);
        declare(caught, node.param);
        if (node.param) visit(node.param, caught);
        return statements(node.body.body, open(caught, true));
      }
      case 'MemberExpression':
      case 'MethodDefinition':
      case 'Property': {
        const [first, second] = node.type === 'MemberExpression' ? [node.object, node.property] : [node.value, node.key];
        if (node.computed) visit(second, scope);
        if (node.shorthand) uses.push({ node: first.left ?? first, scope, isShorthand: true });
        if (!node.shorthand) visit(first, scope);
        else if (first.right) visit(first.right, scope);
        return;
      }
      case 'SwitchStatement':
        visit(node.discriminant, scope);
        return statements(node.cases.flatMap(childrenOf), open(scope));
      case 'LabeledStatement':
        return visit(node.body, scope);
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'ClassExpression': {
        const inner = open(scope);
        declare(inner, node.id);
        for (const child of childrenOf(node)) visit(child, inner);
        return;
      }
      default:
        for (const child of childrenOf(node)) visit(child, scope);
    }
  };
  statements(parse(code, { ecmaVersion: 2020 }).body, open(), true);

  const free = new Set();
  for (const use of uses) {
    let { scope } = use;
    while (scope && !scope.names.has(use.node.name)) scope = scope.parent;
    const binding = scope?.names.get(use.node.name);
    if (!binding) free.add(use.node.name);
    else {
      binding.uses.push(use);
      for (let inner = use.scope; inner !== scope; inner = inner.parent) binding.scopes.add(inner);
    }
  }
  return { bindings, free };
}

/** Which use is of which variable, in the order of the text: what renaming must not change. */
function structureOf({ bindings, free }) {
  const uses = bindings.flatMap(({ order, uses }) => uses.map(({ node }) => [node.start, order]));
  return JSON.stringify([uses.sort(([a], [b]) => a - b).map(([, order]) => order), [...free].sort()]);
}

/**
 * The script with its variables renamed. Where one of them would be a global of the page, it throws.
 *
 * @param letters the names, from the one to give first
 */
export function rename(code, letters) {
  const found = bindingsIn(code);
  for (const { name, scope } of found.bindings) if (!scope.parent) throw new Error(`${name} would be a global of the page`);
  const lettersOf = new Map();
  const edits = [];
  const first = (a, b) => +b.isParameter - +a.isParameter || b.scope.depth - a.scope.depth || a.order - b.order;
  for (const binding of [...found.bindings].sort(first)) {
    const { name, scope, scopes, uses } = binding;
    const taken = new Set(found.free);
    for (const other of found.bindings) if (other.letter && (scopes.has(other.scope) || other.scopes.has(scope))) taken.add(other.letter);
    const word = name.replace(/[$\d]+$/, '').toLowerCase();
    const counts = lettersOf.get(word) ?? new Map();
    lettersOf.set(word, counts);
    const usual = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
    binding.letter = [...usual, ...letters, ...[...letters].map((letter) => `${letter}a`)].find((letter) => !taken.has(letter));
    counts.set(binding.letter, (counts.get(binding.letter) ?? 0) + uses.length);
    for (const { node, isShorthand } of uses) edits.push([node.start, node.end, (isShorthand ? `${name}:` : '') + binding.letter]);
  }
  const renamed = edit(code, edits);
  if (structureOf(found) !== structureOf(bindingsIn(renamed))) throw new Error('renaming has changed what a name means');
  return renamed;
}
