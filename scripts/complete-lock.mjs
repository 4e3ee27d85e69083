// Adds the platform packages that `npm install` left out of package-lock.json.
//
// npm records an optional dependency only when the registry it talks to lists it. A registry without, say, the macOS
// builds of a native package leaves a lockfile that `npm ci` then refuses ("Missing: … from lock file"). Each such
// package is named, with its exact version, in the `optionalDependencies` of the package that uses it, so the missing
// entries can be written from there. They carry no integrity hash; npm skips those of other platforms.
//
// Run it after every change of a dependency: npm run lockfile
import { readFileSync, writeFileSync } from 'node:fs'

/**
 * @typedef {{ version?: string, dev?: boolean, resolved?: string, optionalDependencies?: Record<string, string> }} Package
 * @typedef {Record<string, Package>} Packages
 */
const lockfile = new URL('../package-lock.json', import.meta.url)
/** @type {{ packages: Packages }} */
const lock = JSON.parse(readFileSync(lockfile, 'utf8'))
const packages = lock.packages

/** @type {Record<string, string>} */
const osOfWord = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  win: 'win32',
  win32: 'win32',
  windows: 'win32',
}
const cpus = ['arm64', 'x64', 'ia32', 'arm', 'riscv64', 'ppc64', 's390x', 'wasm32']

/**
 * @param {string} name
 * @param {string} from The path of a package inside the lockfile; '' is the project itself.
 * @returns Every place where Node would look for `name` from there, nearest first.
 */
function placesOf(name, from) {
  const places = []
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    places.push(`${at === '' ? '' : `${at}/`}node_modules/${name}`)
    if (at === '') return places
    if (!at.includes('/node_modules/')) return [...places, `node_modules/${name}`]
  }
}

/**
 * @param {string} name Such as `@scope/binding-linux-x64-musl`: it tells all there is to know.
 * @param {string} version
 * @param {boolean} isDev
 */
function platformEntry(name, version, isDev) {
  const words = name.split(/[-/]/)
  const os = words.map(word => osOfWord[word]).find(Boolean)
  const cpu = cpus.find(each => words.includes(each))
  return {
    version,
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(isDev ? { dev: true } : {}),
    ...(words.includes('musl') ? { libc: ['musl'] } : {}),
    optional: true,
    ...(os ? { os: [os] } : {}),
  }
}

const added = []
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const isExact = /^\d/.test(version)
    const found = placesOf(name, path).find(place => packages[place])
    if (!isExact || (found && packages[found]?.version === version)) continue
    // Another version at the top is what a second copy of the parent wants: then ours goes below our parent.
    const place = found ? `${path}/node_modules/${name}` : `node_modules/${name}`
    packages[place] = platformEntry(name, version, entry.dev === true)
    added.push(`${name}@${version}`)
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
for (const entry of Object.values(lock.packages)) delete entry.resolved
writeFileSync(lockfile, `${JSON.stringify(lock, null, 2)}\n`)
console.log(added.length === 0 ? 'package-lock.json is complete' : `added ${added.join(', ')}`)
