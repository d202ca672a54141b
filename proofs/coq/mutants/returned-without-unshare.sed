# Sharer.v: teardown gives regions back that are still shared
/^Definition settle/,/^  end\.$/s/let \(failed, l\) := take_back \(granules \(place r\)\) l in/let failed := @nil nat in/
