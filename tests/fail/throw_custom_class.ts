class ConfigError extends Error {
  constructor(public key: string) {
    super("missing key " + key)
  }
}
throw new ConfigError("port")
