// The script tag's entry: publishes the one global, then starts what the tag's data-* attributes ask for. What is wrong
// with them is thrown, and so stands in the console.
import type { CompleteOptions, WrapOptions } from './core/options.js';
import { ownTag, publish } from './edge/tag.js';
import { complete, environment, readClaim, wrap } from './index.js';

const tag = ownTag();
const api = publish({ complete, environment, readClaim, wrap });
const { redirectUrl, inject, confirmUrl, result, recover, maxTries, timeoutMs, recoverAfterMs, baseDelayMs, maxDelayMs } = tag;
if (confirmUrl != null)
  api.complete({ confirmUrl, result, recover, maxTries, timeoutMs, recoverAfterMs, baseDelayMs, maxDelayMs } as unknown as CompleteOptions);
if (redirectUrl != null) api.wrap({ redirectUrl, inject } as WrapOptions);
