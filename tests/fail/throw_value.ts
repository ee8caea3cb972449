throw "just text"
