// The script tag's entry: publishes the one global, then starts what the tag's data-* attributes ask for. What is wrong
// with them is thrown, and so stands in the console.
import { ImpRedirectError } from './core/errors.js';
import { COMPLETE_NAMES, type CompleteOptions, pick, WRAP_NAMES, type WrapOptions } from './core/options.js';
import { ownTag, publish } from './edge/tag.js';
import { complete, diagnose, environment, readClaim, suggestBrowser, unwrap, wrap } from './index.js';

const tag = ownTag();
const api = publish({ complete, unwrap, wrap, ...(FULL && { environment, readClaim, suggestBrowser }), ...(DEBUG && { diagnose }) });
if (tag.confirmUrl != null) api.complete(pick(tag, COMPLETE_NAMES) as unknown as CompleteOptions);
if (tag.redirectUrl != null) api.wrap(pick(tag, WRAP_NAMES) as unknown as WrapOptions);

// A name of ours, mistyped, or another's: only the developer can tell.
if (DEBUG)
  for (const name of Object.keys(tag))
    if (!(name === 'debug' || COMPLETE_NAMES.test(name) || WRAP_NAMES.test(name))) new ImpRedirectError('invalid_option', name);

// For the developer: what is wrong, once the page is there and whenever something more is.
if (DEBUG && tag.debug != null) {
  const print = () => console.table(diagnose());
  addEventListener('load', print);
  document.addEventListener('imp-redirect:deferred', print);
}
