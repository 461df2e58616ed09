import { expect, type Page } from '@playwright/test';
import {
  type Answers,
  type Entry,
  GENERATIONS,
  type Generation,
  type Outcome,
  PHONE,
  recorder,
  type Site,
  script,
  tag,
  test,
  userAgent,
} from './merchant-page.js';

/** Where our tag is: before the SDK, after it, on a page that has long loaded; and the script with everything in it, before. */
const TAGS = ['before', 'after', 'late', 'full'] as const;
type Placement = (typeof TAGS)[number];
type Combination = `${Placement} ${Generation}`;

/** A page as merchants write it. Its button calls `pay`. */
interface Pattern {
  readonly name: string;
  /** What stands before everything, our tag too. */
  readonly first?: string;
  /** What stands between our tag in front and the SDK. */
  readonly before?: string;
  /** What stands in place of the SDK's tag. */
  readonly sdk?: (url: string, urls: Site['sdk']) => string;
  /** What stands between the SDK and our tag behind it. */
  readonly between?: string;
  /** What stands behind both; in it, `SDK` and `TAG` are those tags once more. */
  readonly page: string;
  /** The page is not in an iframe, and the gateway is in one. */
  readonly alone?: true;
  readonly answers?: Answers;
  /** How often the page, which has no callback where one is called, is taken to the landing URL. */
  readonly lands?: number;
  /** What is reported, besides that we came late; of URLs by the script with everything in it. */
  readonly reports?: readonly string[];
  /** Where nobody can reach the merchant's call any more: it goes as if we were not there, and that we came late is reported. */
  readonly outOfReach?: readonly Combination[];
  /** Of these, where nothing tells us so. */
  readonly unknowable?: readonly Combination[];
  /** Where a page fails, or falls short, without us: what it is like with us, written as a page without us. */
  readonly better?: { readonly where: readonly Combination[]; readonly page: string };
  /** What else is different by nature, made equal. */
  readonly alike?: (log: string) => string;
}

const js = (code: string) => `<script>${code}</script>`;
const INIT = `IMP.init('imp00000000');`;
const CALL = `seen('returned', IMP.request_pay(data, onPaid)); show(data);`;

/** The most common page: `init` at once, everything else in the handler. */
const handler = (code: string) => js(`${INIT} function pay() { ${code} }`);
const paying = (data: string) => handler(`var data = ${data}; ${CALL}`);
const given = (url: string) => paying(`order({ m_redirect_url: ${url} })`);

/** What took the SDK's own object, or its method, before us cannot be reached; except an object whose method could be replaced. */
const ALL: Combination[] = TAGS.flatMap((placement) => GENERATIONS.map((generation) => `${placement} ${generation}` as const));
const OBJECT_TAKEN: Combination[] = ['late v1'];
const METHOD_TAKEN: Combination[] = ['late 1x', 'late v1'];
const OBJECT_TAKEN_BETWEEN: Combination[] = ['after v1', 'late v1'];
const METHOD_TAKEN_BETWEEN: Combination[] = ['after 1x', 'after v1', ...METHOD_TAKEN];

const LOADER = `
  var tag = document.createElement('script');
  tag.src = sdkUrl;
  tag.onload = function () { ${INIT} };
  document.head.appendChild(tag);`;
/** A page that brings the SDK itself. */
const loads = (code: string) => (url: string) => js(`var sdkUrl = '${url}'; ${code}`);

const interceptor = (name: string) => `
  var ${name} = IMP.request_pay;
  IMP.request_pay = function (data, callback) { seen('${name}', this === IMP, data.merchant_uid, typeof callback); return ${name}.apply(this, arguments); };`;

const PATTERNS: readonly Pattern[] = [
  // How IMP is reached.
  { name: 'IMP: the bare global, in the handler', page: paying('order()') },
  {
    name: 'IMP: var IMP = window.IMP, in the handler',
    page: js(`function pay() { var IMP = window.IMP; ${INIT} var data = order(); ${CALL} }`),
  },
  {
    name: 'IMP: var IMP = window.IMP at the top level',
    page: js(`var IMP = window.IMP; ${INIT} function pay() { var data = order(); ${CALL} }`),
  },
  {
    name: 'IMP: var IMP = window.IMP at the top level of two scripts, and once more in the handler’s script',
    page: `${js(`var IMP = window.IMP; ${INIT}`)}${js('var IMP = window.IMP;')}${js(`var IMP = window.IMP; IMP = IMP; function pay() { var data = order(); ${CALL} }`)}`,
  },
  {
    name: 'IMP: const { IMP } = window, in the handler',
    page: js(`function pay() { const { IMP } = window; ${INIT} const data = order(); ${CALL} }`),
  },
  { name: 'IMP: let IMP = window.IMP, in a function', page: handler(`let IMP = window.IMP; let data = order(); ${CALL}`) },
  {
    name: 'IMP: window.IMP.request_pay, every time',
    page: handler(`var data = order(); seen('returned', window.IMP.request_pay(data, onPaid)); show(data);`),
  },
  {
    name: 'IMP: window[name][method]',
    page: handler(`var n = 'IMP', m = 'request_pay', data = order(); seen('returned', window[n][m](data, onPaid)); show(data);`),
  },
  {
    name: 'IMP: of self, globalThis, document.defaultView',
    page: handler(
      `[self, globalThis, document.defaultView].forEach(function (w, i) { if (i === 0) { var data = order(); seen('returned', w.IMP.request_pay(data, onPaid)); show(data); } seen('same', w.IMP === IMP); });`,
    ),
  },
  {
    name: 'IMP: kept in a function’s scope at load',
    page: js(
      `(function () { var imp = window.IMP; imp.init('imp00000000'); window.pay = function () { var data = order(); seen('returned', imp.request_pay(data, onPaid)); show(data); }; })();`,
    ),
    outOfReach: OBJECT_TAKEN,
  },
  {
    name: 'IMP: kept in a module’s scope',
    page: `<script type="module">const { IMP } = window; ${INIT} window.pay = () => { const data = order(); ${CALL} };</script>`,
    outOfReach: OBJECT_TAKEN,
  },
  {
    name: 'IMP: kept in this.IMP of a class',
    page: js(`class Checkout { constructor() { this.IMP = window.IMP; this.IMP.init('imp00000000'); } pay() { const data = order(); seen('returned', this.IMP.request_pay(data, onPaid)); show(data); } }
      const checkout = new Checkout(); var pay = () => checkout.pay();`),
    outOfReach: OBJECT_TAKEN,
  },
  {
    name: 'IMP: kept in a component’s state, when the page has loaded',
    page: js(`var state = { imp: null }; addEventListener('load', function () { state.imp = window.IMP; state.imp.init('imp00000000'); });
      function pay() { var data = order(); seen('returned', state.imp.request_pay(data, onPaid)); show(data); }`),
    outOfReach: OBJECT_TAKEN,
  },
  {
    name: 'IMP: kept by a script between the SDK and our tag',
    between: js(`window.shop = { imp: window.IMP };`),
    page: handler(`var data = order(); seen('returned', shop.imp.request_pay(data, onPaid)); show(data);`),
    outOfReach: OBJECT_TAKEN_BETWEEN,
  },
  {
    name: 'IMP: const IMP = window.IMP at the top level, which the current SDK’s own var forbids',
    page: `${js(`const IMP = window.IMP; ${INIT}`)}${js(`function pay() { var data = order(); ${CALL} }`)}`,
    // Its script is refused, and so nothing calls init; with the accessor before the SDK’s var it is not.
    better: { where: ['before v1', 'full v1'], page: js(`var IMP = window.IMP; ${INIT} function pay() { var data = order(); ${CALL} }`) },
  },

  // How request_pay is called.
  {
    name: 'call: imp["request_pay"]',
    page: handler(`var data = order(); seen('returned', IMP['request_pay'](data, onPaid)); show(data);`),
  },
  {
    name: 'call: detached, in the handler',
    page: handler(`const { request_pay } = IMP; var data = order(); seen('returned', request_pay(data, onPaid)); show(data);`),
  },
  {
    name: 'call: bound, in the handler',
    page: handler(`var data = order(); seen('returned', IMP.request_pay.bind(IMP)(data, onPaid)); show(data);`),
  },
  {
    name: 'call: call(null) and apply',
    page: handler(
      `var data = order(); seen('returned', IMP.request_pay.call(null, data, onPaid)); show(data); seen('length', IMP.request_pay.apply.length);`,
    ),
  },
  {
    name: 'call: detached at load',
    page: js(
      `${INIT} const { request_pay: requestPay } = IMP; function pay() { var data = order(); seen('returned', requestPay(data, onPaid)); show(data); }`,
    ),
    outOfReach: METHOD_TAKEN,
    unknowable: ['late 1x'],
  },
  {
    name: 'call: bound at load, between the SDK and our tag',
    between: js(`var requestPay = IMP.request_pay.bind(IMP);`),
    page: handler(`var data = order(); seen('returned', requestPay(data, onPaid)); show(data);`),
    outOfReach: METHOD_TAKEN_BETWEEN,
    unknowable: ['after 1x', 'late 1x'],
  },
  {
    name: 'call: without params',
    page: handler(`seen('returned', IMP.request_pay()); seen('returned', IMP.request_pay(undefined, onPaid));`),
  },
  { name: 'call: with null for params', page: handler(`seen('returned', IMP.request_pay(null, onPaid));`) },
  {
    name: 'call: later, out of a timer and a promise',
    page: handler(
      `return new Promise(function (done) { setTimeout(function () { Promise.resolve().then(function () { var data = order(); ${CALL} done(); }); }); });`,
    ),
  },
  {
    name: 'call: after the server has prepared the order',
    page: handler(
      `return fetch('/orders', { method: 'POST' }).then(function (answer) { return answer.json(); }).then(function () { var data = order(); ${CALL} });`,
    ),
  },
  { name: 'call: before init', page: js(`function pay() { var data = order(); ${CALL} }`) },
  {
    name: 'call: before the SDK is there',
    before: js(`try { ${INIT} } catch (error) { seen('too early', error); } seen('there', !!window.IMP, typeof IMP);`),
    page: paying('order()'),
    // A name that is not declared, and one that is undefined, throw two kinds of errors.
    alike: (log) => log.replace(/<(ReferenceError|TypeError): [^>]*>/g, '<Error>'),
  },

  // Guards and loaders.
  { name: 'guard: if (!window.IMP) return', page: handler(`if (!window.IMP) return seen('no SDK'); var data = order(); ${CALL}`) },
  {
    name: 'guard: without the SDK',
    sdk: () => '',
    page: js(
      `seen('there', window.IMP, typeof IMP, typeof window.IMP); function pay() { if (typeof IMP === 'undefined' || !window.IMP) return seen('no SDK'); }`,
    ),
  },
  {
    name: 'loader: if (window.IMP) return',
    sdk: loads(`(function () { if (window.IMP) return seen('already'); ${LOADER} })();`),
    page: js(`function pay() { var data = order(); ${CALL} }`),
  },
  {
    name: 'loader: typeof IMP === "undefined"',
    sdk: loads(`if (typeof IMP === 'undefined') { ${LOADER} } else seen('already');`),
    page: js(`function pay() { var data = order(); ${CALL} }`),
  },
  {
    name: 'loader: polls until window.IMP is there',
    sdk: (url) => `<script async src="${url}"></script>`,
    page: js(`var ready = new Promise(function (done) { (function poll() { if (window.IMP && window.IMP.request_pay) { ${INIT} done(); } else setTimeout(poll, 10); })(); });
      function pay() { return ready.then(function () { var data = order(); ${CALL} }); }`),
  },
  {
    name: 'loader: in the click, before the first payment',
    sdk: loads(''),
    page: js(
      `function pay() { return new Promise(function (done) { ${LOADER} tag.addEventListener('load', function () { var data = order(); ${CALL} done(); }); }); }`,
    ),
  },
  {
    name: 'loader: a component mounts two scripts, and takes the tags away again',
    sdk: loads(
      `['data:text/javascript,var jQuery={}', sdkUrl].forEach(function (src) { var tag = document.createElement('script'); tag.src = src; tag.async = false; document.head.appendChild(tag); tag.onload = function () { tag.remove(); if (src === sdkUrl) ${INIT} }; });`,
    ),
    page: js(`function pay() { const { IMP } = window; const data = order(); ${CALL} }`),
  },
  {
    name: 'loader: defer',
    sdk: (url) => `<script defer src="${url}"></script>`,
    page: js(`addEventListener('load', function () { ${INIT} }); function pay() { var data = order(); ${CALL} }`),
  },
  { name: 'loader: document.write', sdk: loads(`document.write('<script src="' + sdkUrl + '"><' + '/script>');`), page: paying('order()') },
  { name: 'loader: the page writes window.IMP = null first', before: js('window.IMP = null;'), page: paying('order()') },
  {
    name: 'loader: the page makes an object of its own first, and 1.x stays away',
    before: js('window.IMP = window.IMP || {};'),
    page: js(`if (IMP.init) ${INIT} function pay() { var data = order(); ${CALL} }`),
  },
  {
    name: 'loader: a script before everything declares var IMP, on which nothing can be put',
    first: js('var IMP;'),
    page: paying('order()'),
    outOfReach: ['before 1x', 'before v1', 'full 1x', 'full v1'],
  },
  { name: 'loader: the page writes window.IMP = null before everything', first: js('window.IMP = null;'), page: paying('order()') },
  { name: 'SDK: loaded twice', sdk: (url) => script(url) + script(url), page: paying('order()') },
  {
    name: 'SDK: loaded twice, the second time behind our tag',
    page: `SDK${paying('order()')}`,
    // A var cannot be watched, and the current SDK makes a new object at each load.
    outOfReach: ['after v1'],
  },
  { name: 'SDK: 1.x first, then the current one', sdk: (_, urls) => script(urls['1x']) + script(urls.v1), page: paying('order()') },
  {
    name: 'SDK: the current one first, then 1.x, which stays away',
    sdk: (_, urls) => script(urls.v1) + script(urls['1x']),
    page: paying('order()'),
  },
  {
    name: 'SDK: loaded again in the click',
    sdk: (url) => `${js(`var sdkUrl = '${url}';`)}${script(url)}`,
    page: handler(
      `return new Promise(function (done) { ${LOADER} tag.addEventListener('load', function () { var data = order(); ${CALL} done(); }); });`,
    ),
    outOfReach: ['after v1', 'late v1'],
  },
  { name: 'page: not in an iframe', alone: true, page: paying('order()') },
  { name: 'page: in a web view with a name of its own', before: userAgent('ShopApp/3.2'), page: paying('order()') },
  {
    name: 'page: in an app’s browser on a phone',
    before: userAgent('Mozilla/5.0 (Linux; Android 14; wv) Mobile Safari/537.36 KAKAOTALK/10.8.5 (INAPP)'),
    page: paying('order()'),
  },
  { name: 'page: strict', page: js(`'use strict'; ${INIT} var pay = function () { var data = order(); ${CALL} };`) },

  // Callbacks.
  {
    name: 'callback: an arrow, and rsp.success decides',
    page: handler(
      `var data = order(); seen('returned', IMP.request_pay(data, (rsp) => { seen('result', rsp.success ? 'paid' : 'failed', rsp); })); show(data);`,
    ),
  },
  {
    name: 'callback: async, and posts to the server',
    page: handler(
      `var data = order(); IMP.request_pay(data, async function (rsp) { const answer = await fetch('/confirm', { method: 'POST', body: JSON.stringify(rsp) }); seen('confirmed', await answer.json()); }); show(data);`,
    ),
  },
  {
    name: 'callback: reads arguments, this, and the params',
    page: handler(
      `var data = order(); IMP.request_pay(data, function () { seen('callback', this, Object.getPrototypeOf(this) === Object.prototype, arguments.length, arguments[0], data.request_id === undefined); }); show(data);`,
    ),
  },
  {
    name: 'callback: the resolve of a promise',
    page: handler(
      `var data = order(); return new Promise(function (resolve) { seen('returned', IMP.request_pay(data, resolve)); }).then(function (rsp) { seen('resolved', rsp); show(data); });`,
    ),
  },
  {
    name: 'callback: resolves or rejects',
    page: handler(
      `return new Promise(function (resolve, reject) { IMP.request_pay(order(), function (rsp) { rsp.success ? resolve(rsp) : reject(new Error(rsp.error_msg)); }); }).then(function (rsp) { seen('resolved', rsp); }, function (error) { seen('rejected', error); });`,
    ),
  },
  { name: 'callback: none', page: handler(`var data = order(); seen('returned', IMP.request_pay(data)); show(data);`), lands: 1 },
  {
    name: 'callback: none, and awaited',
    page: handler(`return (async function () { var data = order(); seen('awaited', await IMP.request_pay(data)); show(data); })();`),
    lands: 1,
  },
  { name: 'callback: null', page: handler(`var data = order(); seen('returned', IMP.request_pay(data, null)); show(data);`), lands: 1 },
  {
    name: 'callback: none on a phone, one on a PC',
    page: handler(
      `var data = order(); if (/Mobile/i.test(navigator.userAgent)) IMP.request_pay(data); else IMP.request_pay(data, onPaid); show(data);`,
    ),
  },
  {
    name: 'callback: none on a phone, one on a PC; on a phone',
    before: PHONE,
    page: handler(
      `var data = order(); if (/Mobile/i.test(navigator.userAgent)) IMP.request_pay(data); else IMP.request_pay(data, onPaid); show(data);`,
    ),
  },
  {
    name: 'callback: does nothing on a phone',
    before: PHONE,
    page: handler(
      `var data = order({ m_redirect_url: location.origin + '/mine' }); IMP.request_pay(data, function (rsp) { if (/Mobile/i.test(navigator.userAgent)) return; seen('result', rsp); }); show(data);`,
    ),
  },
  {
    name: 'callback: throws',
    page: handler(
      `var data = order(); seen('returned', IMP.request_pay(data, function (rsp) { seen('callback', rsp); throw new Error('the merchant’s'); })); show(data);`,
    ),
    reports: ['callback_threw'],
  },
  {
    name: 'callback: rejects',
    page: handler(`IMP.request_pay(order(), async function (rsp) { seen('callback', rsp); throw new Error('the merchant’s'); });`),
  },
  {
    name: 'callback: returns something',
    page: handler(`IMP.request_pay(order(), function (rsp) { seen('callback', rsp); return false; });`),
  },
  {
    name: 'callback: goes elsewhere',
    page: handler(`IMP.request_pay(order(), function (rsp) { location.href = '/mine?imp_uid=' + rsp.imp_uid; });`),
  },
  {
    name: 'callback: submits a form',
    page: `<form method="post" action="/mine"><input name="imp_uid"></form>${handler(`IMP.request_pay(order(), function (rsp) { document.forms[0].imp_uid.value = rsp.imp_uid; document.forms[0].submit(); });`)}`,
  },
  {
    name: 'callback: opens a second payment',
    page: handler(
      `var second = order({ merchant_uid: 'order_2' }); IMP.request_pay(order(), function (rsp) { seen('first', rsp); IMP.request_pay(second, onPaid); show(second); });`,
    ),
  },
  {
    name: 'callback: a refusal before the window opens',
    answers: { failure: { success: false, error_code: 'F1002', error_msg: '이미 결제가 이루어진 거래건입니다.' } },
    page: paying('order()'),
  },
  { name: 'callback: a gateway that is not registered, told at once', page: paying(`order({ pg: 'nonsense' })`) },
  {
    // Called without `this`, which a strict callback sees.
    name: 'callback: a gateway that is not registered, told at once to a strict page',
    page: js(`'use strict'; ${INIT} var pay = function () { var data = order({ pg: 'nonsense' });
      seen('returned', IMP.request_pay(data, function (rsp) { seen('callback', this === undefined, rsp); })); show(data); };`),
  },
  {
    name: 'callback: a gateway that is not registered, told at once, and it throws',
    page: handler(
      `var data = order({ pg: 'nonsense' }); seen('returned', IMP.request_pay(data, function (rsp) { seen('callback', rsp); throw new Error('the merchant’s'); })); show(data);`,
    ),
    reports: ['callback_threw'],
  },
  { name: 'callback: there is no answer, and so no callback', answers: { prepare: false }, page: paying('order()') },

  // Params.
  {
    name: 'params: read and posted afterwards',
    page: handler(
      `var data = order(); IMP.request_pay(data, function (rsp) { fetch('/confirm', { method: 'POST', body: JSON.stringify(Object.assign({}, data, rsp)) }); }); seen('has', 'm_redirect_url' in data, data.hasOwnProperty('m_redirect_url'), JSON.stringify(Object.keys(data))); return fetch('/orders', { method: 'POST', body: JSON.stringify(data) });`,
    ),
  },
  {
    name: 'params: written in the call',
    page: handler(
      `seen('returned', IMP.request_pay({ pg: 'html5_inicis', pay_method: 'card', merchant_uid: 'mid_' + 1, name: '주문명:결제테스트', amount: 100 }, onPaid));`,
    ),
  },
  {
    name: 'params: used for two payments',
    page: handler(
      `var data = order(); return new Promise(function (done) { IMP.request_pay(data, function (rsp) { seen('first', rsp); setTimeout(function () { data.merchant_uid = 'order_2'; IMP.request_pay(data, done); }); }); }).then(function (rsp) { seen('second', rsp); show(data); });`,
    ),
  },
  {
    name: 'params: changed after the call, while the customer pays',
    page: handler(
      `var data = order(); ${CALL} data.amount = 9; data.merchant_uid = 'order_2'; delete data.pay_method; data.custom_data = 'late';`,
    ),
  },
  {
    name: 'params: changed after the call, before the SDK has read them',
    page: js(`function pay() { ${INIT} var data = order(); ${CALL} data.amount = 9; data.custom_data = 'late'; }`),
    // By nature: what the SDK reads later is what we copied at the call. What the merchant has changed stays changed, see above.
    alike: (log) => log.replace(/"(paid_)?amount":\d+/g, '"$1amount":0').replace(/,?"custom_data"(:"late")?/g, ''),
  },
  { name: 'params: without merchant_uid and pay_method', page: paying(`{ amount: 100 }`), reports: ['merchant_uid_missing'] },
  { name: 'params: merchant_uid is a number', page: paying(`order({ merchant_uid: 1700000000000 })`) },
  {
    name: 'params: nested objects and arrays',
    page: paying(
      `order({ naverProducts: [{ categoryType: 'BOOK', uid: '1', count: 2 }], display: { card_quota: [3, 6] }, bypass: { eximbay: { a: [] } }, custom_data: { seats: [1, 2], member: null }, digital: false })`,
    ),
  },
  {
    name: 'params: a class instance',
    page: handler(
      `class Order { constructor() { Object.assign(this, order()); } get total() { return 1; } toText() {} } var data = new Order(); ${CALL} seen('instance', data instanceof Order, data.total);`,
    ),
  },
  {
    name: 'params: with getters',
    page: paying(
      `Object.assign(Object.defineProperty({}, 'amount', { enumerable: true, get() { return 700; } }), { merchant_uid: 'order_1' })`,
    ),
  },
  { name: 'params: without a prototype', page: paying(`Object.assign(Object.create(null), order())`) },
  { name: 'params: inherited', page: paying(`Object.assign(Object.create({ inherited: 1 }), order())`) },
  {
    name: 'params: reactive, behind a proxy that writes to what is behind it',
    page: handler(
      `var writes = []; var data = new Proxy(order(), { set(target, key, value) { writes.push(key); return Reflect.set(target, key, value); } }); ${CALL} seen('writes', writes.filter(function (key) { return key !== 'tier_code'; }).sort());`,
    ),
  },
  // Without us 1.x writes nothing into them, and the current SDK breaks.
  ...['seal', 'freeze'].map((how) => ({
    name: `params: after Object.${how}`,
    page: paying(`Object.${how}(order())`),
    better: {
      where: ALL,
      page: handler(`var data = Object.${how}(order()); seen('returned', IMP.request_pay(Object.assign({}, data), onPaid)); show(data);`),
    },
  })),

  // m_redirect_url.
  { name: 'url: the merchant’s own', page: given(`'https://shop.example.kr/mine'`) },
  {
    name: 'url: on phones only, by a test of its own',
    before: PHONE,
    page: handler(
      `var data = order(); if (/iPhone|Android/.test(navigator.userAgent)) data.m_redirect_url = location.origin + '/mine'; ${CALL}`,
    ),
  },
  {
    name: 'url: on phones only; on a PC',
    page: handler(
      `var data = order(); if (/iPhone|Android/.test(navigator.userAgent)) data.m_redirect_url = location.origin + '/mine'; ${CALL}`,
    ),
  },
  { name: 'url: empty', page: given(`''`) },
  { name: 'url: null', page: given('null') },
  { name: 'url: undefined', page: given('undefined') },
  { name: 'url: the text null', page: given(`'null'`), reports: ['redirect_url_unsafe'] },
  { name: 'url: relative', page: given(`'/mine'`), reports: ['redirect_url_unsafe'] },
  { name: 'url: location.href', page: given('location.href') },
  {
    name: 'url: location.href with an earlier landing’s keys',
    page: handler(
      `history.replaceState(null, '', '?imp_uid=imp_0&merchant_uid=order_0&imp_success=false'); var data = order({ m_redirect_url: location.href }); ${CALL}`,
    ),
    reports: ['redirect_url_unsafe'],
  },
  {
    name: 'url: a whole sample landing, copied',
    page: given(`'https://shop.example.kr/mine?imp_uid=imp_1234&merchant_uid=order_0&imp_success=true'`),
    reports: ['redirect_url_unsafe'],
  },
  { name: 'url: two parameters', page: given(`'https://shop.example.kr/mine?a=1&b=2'`), reports: ['redirect_url_unsafe'] },
  { name: 'url: an app’s scheme', page: given(`'shopapp://done'`) },
  { name: 'url: navigates away, by mistake', page: given(`window.location.href = 'https://shop.example.kr/mine'`) },

  // Others on the page.
  { name: 'others: an interceptor before us', between: js(interceptor('tracked')), page: paying('order()') },
  { name: 'others: an interceptor behind us', page: `${js(interceptor('tracked'))}${paying('order()')}` },
  {
    name: 'others: two interceptors, one on each side',
    between: js(interceptor('first')),
    page: `${js(interceptor('second'))}${paying('order()')}`,
  },
  {
    name: 'others: a strict interceptor, which throws on the current SDK',
    page: `${js(`'use strict'; try { IMP.request_pay = IMP.request_pay.bind(IMP); seen('assigned'); } catch (error) { seen('refused', error.name); }`)}${paying('order()')}`,
  },
  {
    name: 'others: an interceptor that defines the property',
    page: `${js(`try { const real = IMP.request_pay; Object.defineProperty(IMP, 'request_pay', { configurable: true, writable: true, value: function (data, callback) { seen('defined'); return real(data, callback); } }); } catch (error) { seen('refused', error.name); }`)}${paying('order()')}`,
  },
  {
    name: 'others: an interceptor that puts a proxy in front of IMP',
    page: `${js(`window.IMP = new Proxy(window.IMP, { get(imp, name) { return imp[name]; } });`)}${paying('order()')}`,
  },
  { name: 'others: IMP is replaced by a copy of it', page: `${js(`window.IMP = Object.assign({}, window.IMP);`)}${paying('order()')}` },
  {
    name: 'others: read into a variable and written back',
    page: `${js(`var kept = window.IMP; window.IMP = null; window.IMP = kept; window.IMP = window.IMP;`)}${paying('order()')}`,
  },
  { name: 'init: in every click', page: js(`function pay() { ${INIT} var data = order(); ${CALL} }`) },
  { name: 'init: agency', page: js(`IMP.agency('imp00000000', 'tier_1'); function pay() { var data = order(); ${CALL} }`) },
  {
    name: 'members: certification',
    page: handler(`var data = { merchant_uid: 'order_1' }; seen('returned', IMP.certification(data, onPaid)); show(data);`),
  },
  {
    name: 'members: naver_zzim, loadUI, close, communicate',
    page: handler(
      `var data = { naverProducts: [] }; seen('returned', IMP.naver_zzim(data), IMP.loadUI && IMP.loadUI('paypal-spb', {}, onPaid), IMP.close(), IMP.communicate({ result: 'x' })); show(data);`,
    ),
  },
  {
    name: 'members: a name of the merchant’s own on IMP',
    page: handler(
      `IMP.shopName = 'corner'; seen('own', IMP.shopName, Object.keys(IMP).includes('shopName')); var data = order(); ${CALL} delete IMP.shopName;`,
    ),
  },
  {
    name: 'members: looked at in every way',
    page: handler(
      `seen('is', typeof IMP, typeof IMP.request_pay, IMP.request_pay === IMP.request_pay, window.IMP === IMP, 'request_pay' in IMP, Object.keys(IMP), JSON.stringify(IMP), String(IMP), IMP.request_pay.name.length >= 0, Object.prototype.hasOwnProperty.call(IMP, 'request_pay'));`,
    ),
  },
  {
    name: 'two payments at once: the last one is kept',
    page: handler(
      `var first = order(), second = order({ merchant_uid: 'order_2' }); seen('returned', IMP.request_pay(first, onPaid), IMP.request_pay(second, onPaid)); show(first); show(second);`,
    ),
    reports: ['already_open'],
  },
  {
    name: 'two payments at once, before the gateways are known',
    page: js(
      `function pay() { ${INIT} var first = order(), second = order({ merchant_uid: 'order_2' }); seen('returned', IMP.request_pay(first, onPaid), IMP.request_pay(second, onPaid)); show(first); show(second); }`,
    ),
    reports: ['already_open'],
  },
  { name: 'our tag twice, or more', page: `TAG TAG${paying('order()')}` },
];

/** What differs from one run to the next by nature. */
const steady = (log: readonly Entry[], alike: (log: string) => string = (same) => same): Entry[] =>
  JSON.parse(
    alike(
      JSON.stringify(log)
        .replace(/"(req|nobody)_\d+"/g, '"$1_#"')
        .replace(/\/checkout\/\d+/g, '/checkout'),
    ),
  );

/** What a page would have to show with us, after what it showed without us. */
const withUs = (log: readonly Entry[], landing: string): Entry[] =>
  log.map((entry) => {
    if (entry[0] !== 'sent') return entry;
    const [what, params, ...rest] = entry as [string, Record<string, unknown>, ...unknown[]];
    return [what, { ...params, m_redirect_url: params.m_redirect_url || landing }, ...rest];
  });

function write(site: Site, pattern: Pattern, generation: Generation, placement: Placement | null): string {
  const { first = '', before = '', between = '', sdk = (url) => script(url), page, answers, alone } = pattern;
  const url = site.sdk[generation];
  const own = (where: Placement) => (where === placement ? tag('', where === 'full' ? '.full' : '') : '');
  const rest = page.replaceAll('SDK', script(url)).replaceAll('TAG', placement ? tag() : '');
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8">${recorder(site, generation, { frameless: !alone, ...answers })}
    ${first}${own('before')}${own('full')}${before}${sdk(url, site.sdk)}${between}${own('after')}</head><body>${rest}</body></html>`;
}

/** All the ways in which a pattern is run: without us, as it should be, and with our tag in each place. */
const runsOf = (pattern: Pattern) =>
  GENERATIONS.flatMap((generation) => {
    const { better } = pattern;
    return [
      { name: `control ${generation}`, generation, placement: null, written: pattern },
      ...(better ? [{ name: `better ${generation}`, generation, placement: null, written: { ...pattern, page: better.page } }] : []),
      ...TAGS.map((placement) => ({ name: `${placement} ${generation}`, generation, placement, written: pattern })),
    ];
  });

/** Runs all of them at once, in iframes; or, where a page must have the window to itself, one after the other. */
async function runAll(page: Page, site: Site, pattern: Pattern): Promise<ReadonlyMap<string, Outcome>> {
  const runs = runsOf(pattern);
  for (const [at, { written, generation, placement }] of runs.entries())
    site.pages.set(`/checkout/${at}`, write(site, written, generation, placement));
  const outcomes: Outcome[] = [];
  if (pattern.alone)
    for (const [at, { placement }] of runs.entries()) {
      await page.goto(`${site.shop}/checkout/${at}`);
      outcomes.push(await page.evaluate((late) => window.pressPay(late), placement === 'late'));
    }
  else {
    site.pages.set('/all', `<!doctype html>${runs.map((_, at) => `<iframe src="/checkout/${at}"></iframe>`).join('')}`);
    await page.goto(`${site.shop}/all`);
    const lates = runs.map(({ placement }) => placement === 'late');
    outcomes.push(...(await page.evaluate((lates) => Promise.all(lates.map((late, at) => (frames[at] as Window).pressPay(late))), lates)));
  }
  return new Map(runs.map(({ name }, at) => [name, outcomes[at] as Outcome]));
}

for (const pattern of PATTERNS)
  test(pattern.name, async ({ site, sharedPage }) => {
    const { outOfReach = [], unknowable = [], better, lands = 0, reports = [], alike } = pattern;
    const outcomes = await runAll(sharedPage, site, pattern);
    const isOurs = ([what, url]: Entry) => what === 'goes' && `${url}`.startsWith(site.landing);
    const logOf = (name: string) => steady(outcomes.get(name)?.log ?? [], alike);
    for (const combination of ALL) {
      const [placement, generation] = combination.split(' ');
      const log = logOf(combination);
      const told = outcomes.get(combination)?.reports ?? [];
      if (outOfReach.includes(combination)) {
        expect.soft(log, combination).toEqual(logOf(`control ${generation}`));
        if (!unknowable.includes(combination)) expect.soft(told, `${combination}: what was reported`).toContain('wrapped_late');
        continue;
      }
      const expected = logOf(`${better?.where.includes(combination) ? 'better' : 'control'} ${generation}`);
      const others = log.filter((entry) => !isOurs(entry));
      expect.soft(others, combination).toEqual(withUs(expected, site.landing));
      expect.soft(log.length - others.length, `${combination}: how often the customer was taken to the landing`).toBe(lands);
      const reported = told.filter((report) => report !== 'wrapped_late');
      expect
        .soft(reported, `${combination}: what was reported`)
        .toEqual(reports.filter((report) => placement === 'full' || report !== 'redirect_url_unsafe'));
    }
  });
