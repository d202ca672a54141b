# Sharer.v: the heap gets regions with lost granules
/^Definition give_back/,/^  end\.$/{s/^  match missing with$/  match @nil nat with/;}
