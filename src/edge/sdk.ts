/** A function of which only that is known. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

interface Imp {
  request_pay: AnyFunction & { impRedirect?: boolean };
  certification?: AnyFunction;
}

/**
 * Puts a replacement between the page and `IMP.request_pay`, whichever of the two scripts comes first.
 *
 * The SDK decides how. 1.1.x and 1.2.0 publish an empty object and fill it afterwards, and do nothing at all where
 * `window.IMP` is already truthy; their method can be replaced in place. The current one declares `var IMP`, and its
 * method is getter-only and not configurable: only a proxy in front of it can have another. So `window.IMP` becomes an
 * accessor, which reads `undefined` until the SDK is there and wraps when it is read; a page that was first with the current
 * SDK has an `IMP` that no accessor can be put on, and gets the proxy assigned.
 *
 * @param replace makes the replacement of a `request_pay`, and of what else leads to a gateway and back, where it is to be replaced
 * @param late called where `var IMP` was there before us: what the page has taken from it is out of reach, and so is what is assigned later
 * @param replaceToo of its `certification`; `FULL` only
 * @returns puts everything back
 */
export function interceptSdk(
  replace: (original: AnyFunction) => AnyFunction,
  late: () => void,
  replaceToo: (original: AnyFunction) => AnyFunction,
): () => void {
  const host = window as { IMP?: Imp | undefined };
  let current = host.IMP;
  // What was wrapped last, what the page gets instead of it (itself, where its method could be replaced), and its own method.
  let target: Imp | undefined;
  let shown: Imp | undefined;
  let original: Imp['request_pay'];
  let certification: AnyFunction | undefined;

  const read = (): Imp | undefined => {
    const method = current?.request_pay;
    // Another copy of this script may have been first; and the SDK's object is empty at first.
    if (method && !method.impRedirect && current !== target) {
      const request_pay: Imp['request_pay'] = replace(method);
      request_pay.impRedirect = true;
      original = method;
      shown = target = current as Imp;
      if (FULL) certification = target.certification;
      const identify = FULL && certification && replaceToo(certification);
      if (!Reflect.set(target, 'request_pay', request_pay))
        // A proxy may not say of what is frozen that it is something else.
        shown =
          FULL && Object.isFrozen(target)
            ? { ...target, request_pay }
            : new Proxy(target, {
                get: (imp, name) =>
                  name === 'request_pay' ? request_pay : FULL && identify && name === 'certification' ? identify : imp[name as keyof Imp],
              });
      else if (FULL && identify) target.certification = identify;
    }
    return current === target ? shown : current;
  };

  // Both: where the accessor cannot be put on, the assignment stands.
  if (current) host.IMP = read();
  if (
    !Reflect.defineProperty(host, 'IMP', {
      configurable: true,
      get: read,
      set(imp?: Imp) {
        // A page may put back what it has read.
        current = imp === shown ? target : imp;
      },
    })
  )
    late();

  return () => {
    if (target?.request_pay.impRedirect) target.request_pay = original;
    if (FULL && target && certification) Reflect.set(target, 'certification', certification);
    const { IMP } = host;
    Reflect.deleteProperty(host, 'IMP');
    if (IMP) host.IMP = IMP === shown ? target : IMP;
  };
}

/** The SDK that the page has: V1 without us in between, any other, or none. */
export function findSdk(): 'bare' | 'there' | undefined {
  const { IMP, PortOne } = window as { IMP?: Imp; PortOne?: unknown };
  if (IMP?.request_pay && !IMP.request_pay.impRedirect) return 'bare';
  if (IMP || PortOne) return 'there';
}
