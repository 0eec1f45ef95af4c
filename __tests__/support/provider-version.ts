/** The provider of the tests, and of the plans that are recorded. Others add attributes to a plan. */
export const PROVIDER_VERSION = "1.231.0";
