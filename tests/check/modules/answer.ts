export default { of: { life: 42 } };
