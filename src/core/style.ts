// How a card looks. System colours follow the page's `color-scheme` and forced colours by themselves; what a shop may want
// otherwise is a custom property, or a ::part named like its element (docs/customise.md). Lengths are in em, and 1em is what
// the customer has set: a page's own root font size, 10px in many shops, is none of the card's.

/**
 * The host's own style: nothing on the page outranks what is important there, whatever it says of `*`.
 */
export const HOST_STYLE = 'all:initial!important;display:block!important;color-scheme:inherit!important';

/** What stands in each element's own style where a sheet cannot be constructed: selectors that need no at-rule. */
export const RULES =
  'section{box-sizing:border-box;max-width:28em;min-height:28em;margin:auto;padding:1.5em;border-radius:1em;background:Canvas;color:CanvasText;font:1em/1.6 var(--imp-font,system-ui,sans-serif);overflow-wrap:anywhere;word-break:keep-all}' +
  'svg{width:3em;height:3em;stroke:currentColor;fill:none;stroke-width:4}' +
  'h2{margin:.75em 0;font-size:1.5em;outline:0}' +
  'p,dt,dd,blockquote{margin:0}' +
  'p,dt{opacity:.75}' +
  'dl{display:grid;grid-template-columns:auto 1fr;gap:.5em 1em;margin:1em 0}' +
  'dd{text-align:end}' +
  'a,button{display:block;box-sizing:border-box;width:100%;margin-top:.75em;padding:.75em;border:1px solid;border-radius:1em;background:0 0;color:inherit;font:inherit;font-weight:600;text-align:center;text-decoration:none}' +
  'footer>:first-child{background:var(--imp-accent,CanvasText);color:var(--imp-on-accent,Canvas)}';

/** What only a sheet can say: the colours of states, and what moves. */
export const SHEET_RULES = `:host([data-state=paid]) svg${
  FULL ? ',:host([data-state^=ce]) svg,:host([data-state^=reg]) svg' : ''
}{color:var(--imp-good,#1a8f5a)}:host([data-state^=fo]) svg,:host([data-state^=fa]) svg{color:var(--imp-bad,#d0452b)}@media(prefers-reduced-motion:no-preference){:host([data-state*=in]) svg{animation:t 1s linear infinite}${
  FULL ? 'h2,p,blockquote,dl,footer{animation:f .3s}' : ''
}}@keyframes t{to{transform:rotate(1turn)}}${FULL ? '@keyframes f{0%{opacity:0}}' : ''}`;
