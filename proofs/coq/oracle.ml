(* Replays a trace of the real core against the model that is proved, and reports the first line
   that disagrees: exit 0 where it agrees, 1 where not, 2 where it is too short. README.md has the
   format.

   What is not extracted is here: reading lines, from layouts to orders and from addresses to units
   and back, and comparing. *)

open Model

exception Disagreement of int * string

let disagree line format =
  Printf.ksprintf (fun text -> raise (Disagreement (line, text))) format

(* ---- Lines *)

type line = { number : int; words : string list }

let line_number = ref 0
let pushed_back = ref None

let next_line () =
  match !pushed_back with
  | Some line -> pushed_back := None; Some line
  | None ->
    match input_line stdin with
    | exception End_of_file -> None
    | text ->
      incr line_number;
      Some { number = !line_number; words = String.split_on_char ' ' text }

let number line word =
  match int_of_string_opt word with
  | Some n -> n
  | None -> disagree line.number "%s is no number of 63 bits" word

(* ---- The machine of a program *)

type machine = {
  unit_size : int;  (* bytes: the smaller of minimum block and granule *)
  minimum : int;
  base : int;  (* the address of unit 0 *)
  depth : int;
  granule : int;  (* the order of a granule *)
  heap_top : int;
  pool_top : int;
  lowest : int;  (* the arena, in units *)
  highest : int;
}

let log2 n = let rec go k = if 1 lsl k >= n then k else go (k + 1) in go 0

let machine line =
  match List.map (number line) (List.tl line.words) with
  | [ granule; minimum; pool_orders; heap_orders; start; size ] ->
    let unit_size = min granule minimum in
    let shift = log2 unit_size in
    let lowest = (start + minimum - 1) / minimum * minimum / unit_size in
    let highest = (start + size) / minimum * minimum / unit_size in
    if highest > 1 lsl 56 then disagree line.number "the arena lies too high for 63-bit numbers";
    (* The smallest aligned window that holds the arena and a granule. *)
    let rec window k =
      if k >= log2 granule - shift && lowest lsr k = (highest - 1) lsr k then k
      else window (k + 1) in
    let depth = window 0 in
    let first = (lowest lsr depth) lsl depth in
    let top orders = min (log2 minimum + orders - 1) 63 - shift in
    { unit_size; minimum; base = first * unit_size; depth; granule = log2 granule - shift;
      heap_top = top heap_orders; pool_top = top pool_orders; lowest = lowest - first;
      highest = highest - first }
  | _ -> disagree line.number "a machine has six numbers"

let order m size alignment = log2 (max (max size alignment) m.minimum) - log2 m.unit_size

(* The unit at an address; one behind the window where none begins there. *)
let unit_at m address =
  let offset = address - m.base in
  if offset < 0 || offset mod m.unit_size <> 0 || offset / m.unit_size >= 1 lsl m.depth
  then 1 lsl m.depth
  else offset / m.unit_size

let address_of m unit = m.base + unit * m.unit_size

(* ---- Calls, events and answers *)

let call m line =
  let n = number line in
  match line.words with
  | [ "allocate"; size; alignment ] -> Allocate_shared (order m (n size) (n alignment))
  | [ "free"; address; size; alignment ] ->
    Free_shared (unit_at m (n address), order m (n size) (n alignment))
  | [ "heap-allocate"; size; alignment ] -> Heap_allocate (order m (n size) (n alignment))
  | [ "heap-free"; address; size; alignment ] ->
    Heap_free (unit_at m (n address), order m (n size) (n alignment))
  | [ "unshare-all" ] -> Unshare_all
  | [ "drop" ] -> Drop
  | words -> disagree line.number "no call: %s" (String.concat " " words)

let reply_of line answer effect =
  match answer, effect with
  | "0", "1" -> Succeeds
  | "0", _ -> disagree line.number "the hypervisor answered 0 and did nothing"
  | _, "1" -> Fails_but_takes_effect
  | _ -> Fails

let event m line =
  let n = number line in
  let at address = unit_at m (n address) in
  let region address size = (at address, log2 (n size) - log2 m.unit_size) in
  match line.words with
  | [ "share"; address; answer; effect ] ->
    Some (Called (Share, at address, reply_of line answer effect))
  | [ "unshare"; address; answer; effect ] ->
    Some (Called (Unshare, at address, reply_of line answer effect))
  | [ "took"; address; size ] -> Some (Took (region address size))
  | [ "gave"; address; size ] -> Some (Gave (region address size))
  | [ "abandoned"; address ] -> Some (Abandoned (at address))
  | "=" :: _ -> None
  | words -> disagree line.number "no event: %s" (String.concat " " words)

let text_of_event m = function
  | Called (Share, a, _) -> Printf.sprintf "share %d" (address_of m a)
  | Called (Unshare, a, _) -> Printf.sprintf "unshare %d" (address_of m a)
  | Took (o, k) -> Printf.sprintf "took %d %d" (address_of m o) (m.unit_size lsl k)
  | Gave (o, k) -> Printf.sprintf "gave %d %d" (address_of m o) (m.unit_size lsl k)
  | Abandoned a -> Printf.sprintf "abandoned %d" (address_of m a)

let text_of_answer m = function
  | Address o -> Printf.sprintf "address %d" (address_of m o)
  | Finished -> "done"
  | Reported r -> Printf.sprintf "report %d %d %d %d" r.unshared r.quarantined r.returned r.kept
  | Is_closed -> "closed"
  | Too_large -> "too-large"
  | Is_exhausted -> "exhausted"
  | Share_failed a -> Printf.sprintf "share-failed %d" (address_of m a)
  | Not_allocated -> "not-allocated"
  | Has_another_layout -> "another-layout"
  | Does_not_fit -> "does-not-fit"
  | Excluded -> "excluded"

(* ---- Replaying *)

let calls = ref 0
let machines = ref 0
let hypercalls = ref 0
let failures = ref 0
let refused = ref 0
let abandoned = ref 0

(* The lines of one call up to its answer, with the events among them. *)
let rec rest_of_call m line =
  match next_line () with
  | None -> disagree line.number "the trace ends in a call"
  | Some next ->
    match event m next with
    | None -> [], next
    | Some e -> let events, answer = rest_of_call m line in (next, e) :: events, answer

(* What the log has that it had not before, oldest first. *)
let news log before =
  let rec go log found = if log == before then found else
    match log with [] -> found | e :: log -> go log (e :: found) in
  go log []

let compare_events m answer expected observed =
  let rec go expected observed =
    match expected, observed with
    | [], [] -> ()
    | e :: expected, (_, o) :: observed when e = o -> go expected observed
    | e :: _, (line, _) :: _ ->
      disagree line.number "the core did: %s; the model does: %s" (String.concat " " line.words)
        (text_of_event m e)
    | [], (line, _) :: _ ->
      disagree line.number "the core did: %s; the model is done" (String.concat " " line.words)
    | e :: _, [] ->
      disagree answer.number "the core is done; the model does: %s" (text_of_event m e) in
  go expected observed

let count_event = function
  | Called (_, _, r) -> incr hypercalls; if r <> Succeeds then incr failures
  | Abandoned _ -> incr abandoned
  | Took _ | Gave _ -> ()

let replay_call m pool line =
  incr calls;
  let c = call m line in
  let observed, answer = rest_of_call m line in
  let replies = ref (List.filter_map
    (function _, Called (_, _, r) -> Some r | _ -> None) observed) in
  (* One that the core did not make disagrees whatever it answers. *)
  let hypervisor _ _ _ =
    match !replies with [] -> Fails | r :: rest -> replies := rest; r in
  let result, after = perform m.depth m.granule m.heap_top m.pool_top hypervisor c pool in
  List.iter (fun (_, e) -> count_event e) observed;
  compare_events m answer (news after.core.events pool.core.events) observed;
  let said = String.concat " " (List.tl answer.words) in
  let expected = text_of_answer m result in
  if said <> expected then
    disagree answer.number "the core answered: %s; the model: %s" said expected;
  (match result with Address _ | Finished | Reported _ -> () | _ -> incr refused);
  after

(* The simulated hypervisor knows whom the host reaches; so does the log. *)
let check_reach m pool line =
  let log = pool.core.events in
  let called = List.sort_uniq compare
    (List.filter_map (function Called (_, a, _) -> Some a | _ -> None) log) in
  let reached = List.filter (reach log) called in
  let said = List.map (fun a -> unit_at m (number line a)) (List.tl line.words) in
  if reached <> said then
    disagree line.number "the host reaches %d granules; the model: %d, or others"
      (List.length said) (List.length reached)

let rec replay state =
  match next_line () with
  | None -> ()
  | Some line ->
    match line.words, state with
    | "machine" :: _, _ ->
      incr machines;
      let m = machine line in
      replay (Some (m, start m.depth m.heap_top m.lowest m.highest))
    | _, None -> disagree line.number "a trace begins with a machine"
    | "reach" :: _, Some (m, pool) -> check_reach m pool line; replay state
    | _, Some (m, pool) -> replay (Some (m, replay_call m pool line))

(* The argument says how many calls there must be at least: an empty trace proves nothing. *)
let () =
  let least = if Array.length Sys.argv > 1 then int_of_string Sys.argv.(1) else 1 in
  match replay None with
  | () when !calls < least ->
    Printf.printf "the trace has %d calls, not %d\n" !calls least;
    exit 2
  | () ->
    Printf.printf
      "agrees: %d calls on %d machines, %d of them refused; %d hypercalls, %d of them failed; \
       %d granules abandoned; %.1f s\n"
      !calls !machines !refused !hypercalls !failures !abandoned (Sys.time ())
  | exception Disagreement (line, text) ->
    Printf.printf "line %d: %s\n" line text;
    exit 1
