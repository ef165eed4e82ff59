/** Opus in Ogg (RFC 6716, RFC 7845). */
export const opusFormat = 'audio/ogg; codecs=opus';
