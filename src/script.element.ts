// The entry of imp-redirect.element.js, for pages that have the script tag: `<imp-result>` by its `ImpRedirect`.
import type { CompleteOptions } from './core/options.js';
import { defineResult } from './element.js';

defineResult((options) =>
  (window as unknown as { ImpRedirect: { complete(options: CompleteOptions): unknown } }).ImpRedirect.complete(options),
);
