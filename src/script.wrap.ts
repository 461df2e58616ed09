// The entry of imp-redirect.wrap.js, for checkout pages that only wrap.
import { ImpRedirectError } from './core/errors.js';
import type { ResolveUrl, WrapOptions } from './core/options.js';
import { cancel, later } from './edge/clock.js';
import { dropEntry, keepEntry } from './edge/copy.js';
import { emit } from './edge/events.js';
import { onHidden, onRestore } from './edge/lifecycle.js';
import { goToLanding, isMobilePage, makeSafeUrl, resolveUrl, withResponse } from './edge/page.js';
import { interceptSdk } from './edge/sdk.js';
import { ownTag, publish } from './edge/tag.js';
import { type PayEdges, unwrap, wrap as wrapWith } from './pay.js';

/** Of the options only the URL is looked at: a foreign attribute is none of ours, and the rest of the script is small. */
function resolveWrapOptions(options: WrapOptions, resolve: ResolveUrl): WrapOptions {
  const redirectUrl = resolve(options?.redirectUrl);
  if (!redirectUrl) throw new ImpRedirectError('invalid_option', 'redirectUrl');
  return { ...options, redirectUrl };
}

const wrap = (options: WrapOptions): void =>
  wrapWith(options, {
    resolveUrl,
    resolveWrapOptions,
    makeSafeUrl,
    isMobilePage,
    interceptSdk,
    keepEntry,
    dropEntry,
    later,
    cancel,
    onRestore,
    onHidden,
    emit,
    withResponse,
    goToLanding,
  } as unknown as PayEdges);

const tag = ownTag() as unknown as WrapOptions;
const api = publish({ unwrap, wrap });
if (tag.redirectUrl != null) api.wrap(tag);
