#!/usr/bin/env bash
# Called by cargo as rustc. Our own crates get the language and library features that are
# stable in the workspace's compiler and were not yet in Debian's.
rustc="$1"
shift
case " $* " in
*' --crate-name ultra_'*)
  features='let_chains,unsigned_is_multiple_of,trait_upcasting,generic_arg_infer,float_next_up_down'
  exec "$rustc" "$@" "-Zcrate-attr=feature($features)"
  ;;
esac
exec "$rustc" "$@"
