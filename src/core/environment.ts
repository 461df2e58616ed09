/** What a browser says of itself: the part of `navigator` that is looked at. */
export interface Device {
  readonly userAgent: string;
  /** Tells an iPad, which says that it is a Mac, from a Mac. */
  readonly maxTouchPoints: number;
  /** The client hint, where there is one. */
  readonly userAgentData?: { readonly mobile?: boolean };
}

/** An app whose built-in browser the page may be in. */
export type InAppBrowser = 'kakaotalk' | 'naver' | 'daum' | 'band' | 'line' | 'instagram' | 'facebook';

/** What page we are in, as far as payments care. */
export interface Environment {
  /** Whether payments are likely to leave the page: the SDK's own rule, an iPad, or a client hint. */
  readonly mobile: boolean;
  /** The app whose built-in browser this is; `null` in a browser proper, or in an app that is not known. */
  readonly inApp: InAppBrowser | null;
  /** Whether this is an app's web view, known app or not. */
  readonly webView: boolean;
}

/**
 * Whether payments are likely to leave the page.
 *
 * @see PortOne SDK 1.2.0: `/\b(iPhone|iP[ao]d)/ || /Android/i || /Mobile/i`; it takes an iPad for a PC
 */
export const isMobile = ({ userAgent, maxTouchPoints, userAgentData }: Device): boolean =>
  /iP(hone|[ao]d)|android|mobile/i.test(userAgent) || (/Mac/.test(userAgent) && maxTouchPoints > 1) || !!userAgentData?.mobile;

/**
 * Where a page opens in the customer's own browser; nowhere where only the app's menu can do it.
 *
 * @see KakaoTalk: `web/openExternal`; LINE developers' docs: `openExternalBrowser`; Chrome's docs: Android intents. Merchants use
 * all three (2026-08); an app may stop to heed them.
 */
export function escapeUrl(href: string, inApp: InAppBrowser, userAgent: string): string | undefined {
  if (inApp === 'kakaotalk') return `kakaotalk://web/openExternal?url=${encodeURIComponent(href)}`;
  if (inApp === 'line') return href.replace(/#|$/, `${href.includes('?') ? '&' : '?'}openExternalBrowser=1$&`);
  if (/android/i.test(userAgent))
    return href.replace(/^(https?):\/\/([^#]*).*/, 'intent://$2#Intent;scheme=$1;package=com.android.chrome;end');
}

// What the apps put into their user agents. A bare "line" or "band" would be found in other words.
const IN_APP = /kakaotalk|instagram|daum(?=apps)|\b(naver|band|line)(?=[(/])|fb(?=a|_iab)/i;

// Android's say "; wv"; on iOS only Safari and the browsers proper say "Safari".
const WEB_VIEW = /; wv\)|\(iP(?!.*Safari)/;

/** Reads the environment from what the browser says of itself. */
export function readEnvironment(device: Device): Environment {
  const { userAgent } = device;
  const token = IN_APP.exec(userAgent)?.[0].toLowerCase() ?? null;
  return {
    mobile: isMobile(device),
    inApp: (token === 'fb' ? 'facebook' : token) as InAppBrowser | null,
    webView: !!token || WEB_VIEW.test(userAgent),
  };
}
