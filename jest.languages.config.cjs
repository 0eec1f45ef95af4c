/** Tests of the packages for other languages: `.ci/languages` builds them and runs this. */
module.exports = {
  ...require("./jest.packages.config.cjs"),
  roots: ["<rootDir>/__tests__/languages"],
};
