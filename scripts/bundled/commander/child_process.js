// Commander starts programs for subcommands that are files of their own, of which there are none.
export default {};
