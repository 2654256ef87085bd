/** `Buffer` as the packages of Sigstore use it; the bundler puts it in where they name it. The slash leads to the package, and not to Node.js. */
export { Buffer } from 'buffer/';
