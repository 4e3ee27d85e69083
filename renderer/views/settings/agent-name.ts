/** Products by how they name themselves, those first whose name others carry along. */
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bInterleave\/([\d.]+)/, 'Interleave'],
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bFirefox\/(\d+)/, 'Firefox'],
  [/\b(?:Headless)?Chrome\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** @returns `Firefox 140 · Linux` for a browser; what calls itself otherwise, as it does. */
export function agentName(agent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))
  if (browser === undefined) return agent
  const version = browser[0].exec(agent)?.[1] ?? ''
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1]
  return [`${browser[1]} ${version}`, ...(system === undefined ? [] : [system])].join(' · ')
}
