// Loaded before the app's main module (`node --import`): whoever imports electron gets the stand-in.
import { registerHooks } from 'node:module'

const standIn = new URL('./electron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' || specifier === 'electron/main'
      ? { url: standIn, shortCircuit: true }
      : next(specifier, context),
})
// A version that never passes for a real one.
Object.defineProperty(process, 'versions', {
  value: Object.freeze({ ...process.versions, electron: '45.4.1-stand-in', chrome: '0.0.0-stand-in' }),
})
Object.defineProperty(process, 'defaultApp', { value: true })
