/** A function of which only that is known. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

interface Imp {
  request_pay: AnyFunction & { impRedirect?: boolean };
}

/**
 * Puts a replacement between the page and `IMP.request_pay`, whichever of the two scripts comes first.
 *
 * The SDK decides how. 1.1.x and 1.2.0 publish an empty object and fill it afterwards, and do nothing at all where
 * `window.IMP` is already truthy; their method can be replaced in place. The current one declares `var IMP`, and its
 * method is getter-only and not configurable: only an object in front of it can have another. So `window.IMP` becomes an
 * accessor, which reads `undefined` until the SDK is there and wraps when it is read; a page that was first with the current
 * SDK has an `IMP` that no accessor can be put on, and gets the object in front assigned.
 *
 * @param replace makes the replacement of a `request_pay`
 */
export function interceptSdk(replace: (original: AnyFunction) => AnyFunction): void {
  const host = window as { IMP?: Imp };
  let current = host.IMP;
  let wrapped: Imp | undefined;

  const read = (): Imp | undefined => {
    const method = current?.request_pay;
    // Another copy of this script may have been first; and the SDK's object is empty at first.
    if (method && !method.impRedirect && current !== wrapped) {
      const request_pay: Imp['request_pay'] = replace(method);
      request_pay.impRedirect = true;
      if (!Reflect.set(current as Imp, 'request_pay', request_pay)) current = { __proto__: current, ...current, request_pay } as Imp;
      wrapped = current;
    }
    return current;
  };

  // Both: where the accessor cannot be put on, the assignment stands.
  host.IMP = read() as Imp;
  Reflect.defineProperty(host, 'IMP', {
    configurable: true,
    get: read,
    set(imp: Imp) {
      current = imp;
    },
  });
}
