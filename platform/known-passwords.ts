/** Passwords that packages and examples come with; a start with one is refused. */
const knownPasswords = ['cluecon', 'password', 'passw0rd', 'secret', 'changeme', 'change-me', 'admin', 'administrator', 'postgres', 'redis', 'root', 'test', 'default', 'exchange', 'qwerty', 'letmein', '1234', '12345678', '123456789', '1234567890'];
/** `Password123!` is no other password than `password`. */
export const isKnownPassword = (password: string): boolean => knownPasswords.some((known) => [password.toLowerCase(), password.toLowerCase().replace(/(?<=[a-z])[^a-z]+$/, '')].includes(known));
