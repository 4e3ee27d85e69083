// Schemas may not be compiled to code in a page: its policy forbids it, and counts the attempt. They are made while the
// bundle is read, so this stands before it and not in it.
globalThis.__zod_globalConfig = { jitless: true }
