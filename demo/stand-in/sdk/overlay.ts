import type { EndedMessage, SdkResponse } from './prepare.js';

const PAGE_CLASS = 'imp-payment-progress';

let dismiss: (() => void) | null = null;

/** Takes the gateway's window away, if it is there; its payment is never heard of again. */
export function closeOverlay(): void {
  dismiss?.();
}

/** Opens the gateway in an iframe over the whole page, and calls back once, when it says how the payment ended. */
export function openOverlay(gatewayUrl: string, onEnded: (response: SdkResponse) => void): void {
  closeOverlay();
  const dialog = document.createElement('div');
  dialog.className = 'imp-dialog';
  dialog.style.cssText = 'position:fixed;top:0;left:0;width:100%;height:100%;z-index:99999;background:rgba(0,0,0,.5)';
  const frame = document.createElement('iframe');
  frame.title = '결제창';
  frame.src = gatewayUrl;
  frame.style.cssText = 'width:100%;height:100%;border:0';
  dialog.append(frame);

  const { origin } = new URL(gatewayUrl);
  const onMessage = (event: MessageEvent<EndedMessage>) => {
    if (event.origin !== origin || event.source !== frame.contentWindow || event.data?.type !== 'portone-stand-in:ended') return;
    closeOverlay();
    onEnded(event.data.response);
  };
  addEventListener('message', onMessage);
  document.body.append(dialog);
  document.body.classList.add(PAGE_CLASS);

  dismiss = () => {
    dismiss = null;
    removeEventListener('message', onMessage);
    dialog.remove();
    document.body.classList.remove(PAGE_CLASS);
  };
}
