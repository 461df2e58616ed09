import { translate } from './core/answers.js';
import type { Ids } from './core/claim.js';
import { made } from './core/errors.js';
import { type CompleteOptions, type ConfirmRequest, isOn, type ResolveUrl } from './core/options.js';
import { encodePart, type Fields, fill, type Template, toText } from './core/request.js';
import { parseVerdict, type Reply } from './core/verdict.js';
import type { inTime, readPassed, send } from './edge/http.js';
import type { goToLanding } from './edge/page.js';
import type { lookUp, submitForm, takeVerdict } from './edge/page-values.js';
import type { readContext } from './edge/storage.js';

/** What the flow needs of the world. */
export interface AdaptEdges {
  readonly inTime: typeof inTime;
  readonly send: typeof send;
  readonly readPassed: typeof readPassed;
  readonly lookUp: typeof lookUp;
  readonly takeVerdict: typeof takeVerdict;
  readonly submitForm: typeof submitForm;
  readonly resolveUrl: ResolveUrl;
  readonly goToLanding: typeof goToLanding;
  readonly readContext: typeof readContext;
}

// Spring, Laravel and Rails, then those that have it in a cookie: Laravel, Django.
const CSRF_HEADERS = {
  '{meta:_csrf_header}': '{meta:_csrf}',
  'X-CSRF-Token': '{meta:csrf-token}',
  'X-XSRF-TOKEN': '{cookie:XSRF-TOKEN}',
  'X-CSRFToken': '{cookie:csrftoken}',
};

/** In place of an answer, where nobody was asked. */
const UNNAMED: Reply = { httpStatus: 400, text: '', cause: 'neither id is in the request, nor anything that was kept of the payment' };

const asJson = (value: unknown) => JSON.stringify(value ?? null);

/** The body where the merchant gave none: the two ids, and what is passed on. */
const templateOf = (isJson: boolean, pass: string | undefined): string => {
  const parts = [...(pass ? [[pass, `query:${pass}`]] : []), ['imp_uid', 'imp_uid'], ['merchant_uid', 'merchant_uid']];
  return isJson
    ? `{${parts.map(([name, from]) => `${asJson(name)}:{${from}}`)}}`
    : parts.map(([name, from]) => `${encodePart(name)}={${from}}`).join('&');
};

/** Whether a part of a request asks for more than the two ids and what is on the page. */
const asksForContext = (part: unknown) =>
  /(\{|%7B)(?!(imp|merchant)_uid\b)[\w.[\]-]+(}|%7D)/.test(
    `${JSON.stringify(part, (_, value) => (typeof value === 'function' ? '{any}' : value))}`,
  );

/**
 * Asks a merchant's server in its own way, once, and puts what it answers into our words.
 *
 * @param timeoutMs how long the whole exchange may take, in milliseconds
 * @param keepalive whether it outlives the page
 * @param waits whether a customer waits for it: nobody else is sent to a page of the server's
 */
export const askAdapted = (
  options: CompleteOptions,
  ids: Ids & { readonly flow?: unknown },
  timeoutMs: number,
  keepalive: boolean,
  waits: boolean,
  edges: AdaptEdges,
): Promise<Reply> =>
  edges.inTime(timeoutMs, async (signal) => {
    const { next, confirm } = options;
    const { impUid, merchantUid } = ids;
    // Otherwise no request waits for the database. A payment that was left unfinished has lost its mark.
    const parts = [options.confirmUrl, options.body, options.headers, next, confirm];
    let reading: ReturnType<typeof readContext> | undefined;
    const readOnce = () => (reading ??= edges.readContext(ids));
    const context = !waits || options.certification || parts.some(asksForContext) ? await readOnce() : undefined;
    const flow = ids.flow ?? context?.imp_flow;
    const isCertification = flow === 'certification';
    const first = isCertification && options.certification?.confirmUrl ? options.certification : options;
    const { confirmUrl, answers, encoding } = first;
    const fields: Fields = { ...context, imp_uid: impUid, merchant_uid: merchantUid };
    // A request that names no payment may be answered about any, or none.
    let isNamed = false;
    const filled = <T>(template: Template<T>, encode: (value: unknown) => string) => {
      isNamed ||= typeof template === 'function';
      return fill(template, fields, (value, name) => {
        isNamed ||= value != null;
        const [, parameter] = /^query:(.*)/.exec(name) ?? [];
        if (DEBUG && value === undefined && !name.includes(':')) made.set('value_missing', `{${name}}`);
        return encode(value ?? (parameter ? edges.readPassed(parameter) : edges.lookUp(name)));
      });
    };

    const bodyOf = ({ encoding = 'json', body }: ConfirmRequest): unknown => {
      const isJson = encoding === 'json';
      const made = filled(body ?? templateOf(isJson, options.pass), isJson ? asJson : encodePart);
      if (isJson || typeof made !== 'string') return made;
      const form = new URLSearchParams(made);
      if (encoding !== 'multipart') return form;
      const data = new FormData();
      form.forEach((value, name) => {
        data.append(name, value);
      });
      return data;
    };

    const ask = async (request: ConfirmRequest): Promise<Reply> => {
      const { method = 'POST', credentials, csrf } = request;
      const content = /^get$/i.test(method) || request.encoding === 'none' ? undefined : bodyOf(request);
      const sent = new Headers();
      if (typeof content === 'string') sent.set('Content-Type', 'application/json');
      for (const [name, value] of Object.entries<Template>({ ...(isOn(csrf) ? CSRF_HEADERS : {}), ...request.headers })) {
        const text = filled(value, toText) as string;
        const header = filled(name, toText) as string;
        if (text && header) sent.set(header, text);
      }
      const url = filled(request.confirmUrl, encodePart);
      if (!isNamed) return UNNAMED;
      return edges.send(url, {
        method,
        headers: sent,
        body: content as BodyInit,
        credentials: credentials as RequestCredentials,
        // Django refuses a POST without one. Of the landing URL it tells the origin only.
        referrerPolicy: 'origin',
        keepalive,
        signal,
      });
    };

    if (encoding === 'submit') {
      const url = filled(confirmUrl, encodePart);
      const body = bodyOf(first) as URLSearchParams;
      if (!isNamed) return UNNAMED;
      if (waits) edges.submitForm(first.method ?? 'POST', url, body);
      return { httpStatus: 200, text: JSON.stringify({ status: 'page', imp_uid: impUid, merchant_uid: merchantUid }) };
    }
    const asked = async (): Promise<Reply> =>
      confirm && first === options
        ? {
            httpStatus: 200,
            // It need not heed the signal.
            text: JSON.stringify(
              await Promise.race([confirm(fields, signal), new Promise((_, reject) => signal.addEventListener('abort', reject))]),
            ),
          }
        : ask(first);
    // In our own words, whatever the server's are: it wrote it for us.
    const written = waits && edges.takeVerdict();
    let reply: Reply = { httpStatus: 200, text: written || '' };
    let outcome = written && parseVerdict(reply, ids);
    if (!outcome || outcome instanceof Error) {
      const said = await asked();
      if (said === UNNAMED) return said;
      reply = translate(said, ids, answers);
      outcome = parseVerdict(reply, ids);
      if (outcome instanceof Error) return reply;
    }
    const { status, answer } = outcome;
    if (/paid|ready|certified|registered/.test(status)) {
      // A verification is no payment, a payment no verification, and only what was to be registered is.
      const about = flow ?? (await readOnce())?.imp_flow;
      const positive = about === 'certification' ? 'certified' : about === 'billing' ? 'paid ready registered' : 'paid ready';
      if (!positive.includes(status)) return { ...reply, text: '', cause: `${status} is no verdict about this; ${positive} would be` };
    }
    if (status === 'page') {
      const url = edges.resolveUrl(`${answer.page}`);
      if (!url) return { ...reply, text: '' };
      if (waits) edges.goToLanding(url);
    }
    if (!next || !/^(paid|ready|registered)$/.test(status)) return reply;
    const saved = await ask(next);
    return /^2/.test(`${saved.httpStatus}`) ? reply : { ...saved, text: '' };
  });
