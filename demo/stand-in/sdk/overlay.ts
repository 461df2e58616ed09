import type { EndedMessage, SdkResponse } from './prepare.js';

const PAGE_CLASS = 'imp-payment-progress';
const WINDOW_POLL_MS = 50;

let dismiss: (() => void) | null = null;
let visible: Window | null = null;

/** Takes the gateway's window away, if it is there; its payment is never heard of again. */
export function closeOverlay(): void {
  dismiss?.();
}

/** Posts something to the gateway in the frame, if one is shown. */
export function tellOverlay(message: unknown): void {
  visible?.postMessage(JSON.stringify({ action: 'communicate', data: message, from: 'iamport-sdk' }), '*');
}

/** Hears from a gateway's window how the payment ended. Returns what ends the hearing. */
function hear(gatewayUrl: string, source: () => Window | null, onEnded: (response: SdkResponse) => void): () => void {
  const { origin } = new URL(gatewayUrl);
  const onMessage = (event: MessageEvent<EndedMessage>) => {
    if (event.origin === origin && event.source === source() && event.data?.type === 'portone-stand-in:ended') onEnded(event.data.response);
  };
  addEventListener('message', onMessage);
  return () => removeEventListener('message', onMessage);
}

/**
 * Opens the gateway in an iframe over the whole page, and calls back once, when it says how the payment ended.
 *
 * @param mobile on a phone everything else on the page is hidden meanwhile
 */
export function openOverlay(gatewayUrl: string, mobile: boolean, onEnded: (response: SdkResponse) => void): void {
  closeOverlay();
  const dialog = document.createElement('div');
  dialog.className = 'imp-dialog';
  dialog.style.cssText = 'position:fixed;top:0;left:0;width:100%;height:100%;z-index:99999;background:rgba(0,0,0,.5)';
  const frame = document.createElement('iframe');
  frame.title = '결제창';
  frame.src = gatewayUrl;
  frame.style.cssText = 'width:100%;height:100%;border:0';
  const style = document.createElement('style');
  style.textContent = `body.${PAGE_CLASS} > :not(.imp-dialog) { display: none }`;
  dialog.append(style, frame);

  const stop = hear(
    gatewayUrl,
    () => frame.contentWindow,
    (response) => {
      closeOverlay();
      onEnded(response);
    },
  );
  document.body.append(dialog);
  if (mobile) document.body.classList.add(PAGE_CLASS);
  visible = frame.contentWindow;

  dismiss = () => {
    dismiss = null;
    visible = null;
    stop();
    dialog.remove();
    document.body.classList.remove(PAGE_CLASS);
  };
}

/**
 * Shows the gateway in a window that is open already.
 *
 * @param onEnded called once, when the gateway says how the payment ended
 * @param onClosed called instead where the customer has closed the window before that
 */
export function showInPopup(popup: Window, gatewayUrl: string, onEnded: (response: SdkResponse) => void, onClosed: () => void): void {
  popup.location.href = gatewayUrl;
  const end = () => {
    clearInterval(poll);
    stop();
  };
  const poll = setInterval(() => {
    if (!popup.closed) return;
    end();
    onClosed();
  }, WINDOW_POLL_MS);
  const stop = hear(
    gatewayUrl,
    () => popup,
    (response) => {
      end();
      popup.close();
      onEnded(response);
    },
  );
}
