// The script tag's entry: publishes the one global, then starts what the tag's data-* attributes ask for. What is wrong
// with them is thrown, and so stands in the console.
import type { CompleteOptions, WrapOptions } from './core/options.js';
import { ownTag, publish } from './edge/tag.js';
import { complete, environment, readClaim, wrap } from './index.js';

const { redirectUrl, inject, confirmUrl, result } = ownTag();
const api = publish({ complete, environment, readClaim, wrap });
if (confirmUrl != null) api.complete({ confirmUrl, result } as CompleteOptions);
if (redirectUrl != null) api.wrap({ redirectUrl, inject } as WrapOptions);
