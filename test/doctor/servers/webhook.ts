import { isJson, type Parts } from './shop.js';

export const webhookJsonOnly: Partial<Parts> = { webhook: async (c) => c.body(null, isJson(c) ? 200 : 415) };

export const webhookFormOnly: Partial<Parts> = { webhook: async (c) => c.body(null, isJson(c) ? 400 : 200) };
