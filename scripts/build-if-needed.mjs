// Builds only when a source, the lockfile or the build script differs from what the output was made of.
import './require-node.mjs'
import { isBuilt } from './source-hash.mjs'

if (!isBuilt()) await import('./build.mjs')
