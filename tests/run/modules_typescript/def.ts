export default function () { return "def"; }
