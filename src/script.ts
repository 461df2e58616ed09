// The script tag's entry: publishes the one global, then starts what the tag's data-* attributes ask for. What is wrong
// with them is thrown, and so stands in the console.
import type { CompleteOptions, WrapOptions } from './core/options.js';
import { ownTag, publish } from './edge/tag.js';
import { complete, environment, readClaim, wrap } from './index.js';

const tag = ownTag();
const api = publish({ complete, environment, readClaim, wrap });
if (tag.confirmUrl != null)
  // Numbers stay text: they are only multiplied and compared. Other attributes may be anybody's.
  api.complete(
    Object.fromEntries(
      Object.entries(tag).filter(([name]) => /Ms$|^(confirmUrl|result|recover|maxTries)$/.test(name)),
    ) as unknown as CompleteOptions,
  );
if (tag.redirectUrl != null) api.wrap({ redirectUrl: tag.redirectUrl, inject: tag.inject } as WrapOptions);
