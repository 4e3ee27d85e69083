/** @returns `target`, that throws for whatever it does not have: nothing of Electron is missing in silence. */
export function loud<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get: (of, key) => {
      if (typeof key === 'symbol' || key in of || key === 'then' || key === 'toJSON') {
        const value: unknown = Reflect.get(of, key, of)
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(of) : value
      }
      throw new Error(`the stand-in for electron does not emulate ${name}.${key}`)
    },
  })
}
