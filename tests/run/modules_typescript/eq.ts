const o = { answer: 42 }; export = o;
