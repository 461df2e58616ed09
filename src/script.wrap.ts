// The entry of imp-redirect.wrap.js, for checkout pages that only wrap.
import type { WrapOptions } from './core/options.js';
import { ownTag, publish } from './edge/tag.js';
import { wrap } from './index.js';

const { redirectUrl, inject } = ownTag();
const api = publish({ wrap });
if (redirectUrl != null) api.wrap({ redirectUrl, inject } as WrapOptions);
