type Params = Readonly<Record<string, unknown>>;

/** A gateway that takes a window of its own instead of the SDK's frame. */
interface PopupTraits {
  readonly when: (params: Params) => boolean;
  /** On phones too. */
  readonly everywhere?: true;
  /** A blocked window is told of only once the gateway would have opened. */
  readonly alertsLate?: true;
  /** A customer who closes the window gets an alert, and the merchant nothing. */
  readonly forgetsClosing?: true;
}

const POPUPS: Readonly<Record<string, PopupTraits>> = {
  naverpay: { when: ({ naverPopupMode, naverV2 }) => !!naverPopupMode && !naverV2 },
  paypal: { when: ({ popup }) => popup === true, everywhere: true, alertsLate: true },
  eximbay: { when: ({ popup }) => popup !== false, everywhere: true },
  payco: { when: () => true },
  smilepay: { when: () => true, forgetsClosing: true },
};

/** What is special about the window of a request; `null` where it has none. */
export function findPopup(gateway: string, params: Params, mobile: boolean): PopupTraits | null {
  const traits = Object.hasOwn(POPUPS, gateway) ? POPUPS[gateway] : undefined;
  return traits && (traits.everywhere || !mobile) && traits.when(params) ? traits : null;
}
