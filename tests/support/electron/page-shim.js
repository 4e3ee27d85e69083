// Runs in each page before its own scripts: electron as a sandboxed preload script sees it, then that script.
;(() => {
  const { __standInIpc: ask } = window
  const listeners = new Map()
  const loud = (name, target) =>
    new Proxy(target, {
      get: (of, key) => {
        if (typeof key === 'symbol' || key in of) return of[key]
        throw new Error(`the stand-in for electron does not emulate ${name}.${key}`)
      },
    })
  const toText = value =>
    JSON.stringify(value, (_key, part) => (part instanceof Uint8Array ? { $bytes: part.toBase64() } : part))
  const fromText = text =>
    JSON.parse(text, (_key, part) =>
      typeof part?.$bytes === 'string' ? Uint8Array.fromBase64(part.$bytes) : part,
    )
  window.__standInSend = (channel, text) => {
    for (const listener of listeners.get(channel) ?? []) listener({ standIn: true }, ...fromText(text))
  }
  const ipcRenderer = loud('ipcRenderer', {
    invoke: async (channel, ...args) => {
      const answer = JSON.parse(await ask(JSON.stringify({ channel, args: toText(structuredClone(args)) })))
      if (answer.error !== undefined)
        throw new Error(`Error invoking remote method '${channel}': ${answer.error}`)
      return answer.value === undefined ? undefined : fromText(answer.value)
    },
    on: (channel, listener) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
    },
  })
  // Functions are called through, everything else is a copy, as between isolated worlds.
  const across = value => {
    if (typeof value === 'function')
      return (...args) => {
        const answer = value(...args.map(across))
        return answer instanceof Promise ? answer.then(across) : across(answer)
      }
    if (typeof value === 'object' && value !== null && !(value instanceof File)) {
      if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value)
      return Object.freeze(
        Object.fromEntries(Object.entries(value).map(([key, part]) => [key, across(part)])),
      )
    }
    return value
  }
  const contextBridge = loud('contextBridge', {
    exposeInMainWorld: (name, api) => {
      if (name in window) throw new Error(`Cannot bind an API on top of an existing property: ${name}`)
      Object.defineProperty(window, name, { value: across(api), enumerable: true })
    },
  })
  const webUtils = loud('webUtils', {
    getPathForFile: file => {
      if (!(file instanceof File)) throw new TypeError('getPathForFile expected a File')
      return window.__standInPaths?.[file.name] ?? ''
    },
  })
  const require = name => {
    if (name === 'electron') return loud('electron', { contextBridge, ipcRenderer, webUtils })
    throw new Error(`a sandboxed preload script cannot require ${name}`)
  }
  ;((require, exports, module, process) => {
    PRELOAD_SCRIPT
  })(require, {}, { exports: {} }, loud('process', { sandboxed: true }))
})()
