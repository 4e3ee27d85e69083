/** @returns `name` as an identifier in SQL, whatever it contains but NUL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** @returns What SQLite compares names by: it ignores the case of A to Z and of no other letter. */
export const sameName = (name: string): string => name.replace(/[A-Z]+/g, letters => letters.toLowerCase())
