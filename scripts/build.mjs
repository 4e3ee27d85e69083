// Builds every part of the product into out/.
import './require-node.mjs'

await import('./build-headless.mjs')
await import('./build-renderer.mjs')
await import('./build-desktop.mjs')
