class AppError extends Error {
  constructor(message: string, readonly code: number = 1) {
    super(message);
    this.name = new.target.name;
  }
  describe(): string {
    return `${this.name}#${this.code}: ${this.message}`;
  }
}
class NotFound extends AppError {
  constructor(what: string) {
    super(what + " not found", 404);
  }
}
console.log(new NotFound("q") instanceof Error, Object.getPrototypeOf(NotFound) === AppError);
