interface PortOne {
  requestPayment?: ((this: unknown, ...args: unknown[]) => unknown) & { impRedirect?: boolean };
}

/**
 * Puts a replacement in front of `requestPayment` of PortOne V2, whichever of the two scripts comes first.
 *
 * @param replace makes the replacement
 * @returns puts everything back
 */
export function interceptV2(replace: (original: PortOne['requestPayment'] & {}) => PortOne['requestPayment'] & {}): () => void {
  const host = window as { PortOne?: PortOne | undefined };
  let current = host.PortOne;
  let target: PortOne | undefined;
  let shown: PortOne | undefined;

  const read = () => {
    // Another copy of this script may have been first.
    if (current?.requestPayment && !current.requestPayment.impRedirect && current !== target) {
      target = current;
      const requestPayment = replace(current.requestPayment);
      requestPayment.impRedirect = true;
      // A proxy may not say of what is frozen that it is something else.
      shown = Object.isFrozen(current)
        ? { ...current, requestPayment }
        : new Proxy(current, { get: (sdk, name) => (name === 'requestPayment' ? requestPayment : Reflect.get(sdk, name)) });
    }
    return current === target ? shown : current;
  };

  if (current) host.PortOne = read();
  Reflect.defineProperty(host, 'PortOne', {
    configurable: true,
    get: read,
    set(sdk?: PortOne) {
      current = sdk === shown ? target : sdk;
    },
  });

  return () => {
    const { PortOne } = host;
    Reflect.deleteProperty(host, 'PortOne');
    if (PortOne) host.PortOne = PortOne === shown ? target : PortOne;
  };
}
