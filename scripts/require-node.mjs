// Import this first: it ends a script that runs on a Node older than the project's, before anything newer is loaded.
const [major = 0] = process.versions.node.split('.').map(Number)

if (major < 24) {
  console.error(
    `This script needs Node 24, and this is Node ${process.versions.node}: run "npm ci" once, then start it ` +
      'with "npm run …", which puts the pinned Node 24 (node_modules/.bin/node) first in PATH.',
  )
  process.exit(5)
}
