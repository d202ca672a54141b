# Sharer.v: teardown gives regions back that are still shared
/^Definition settle/,/^  end\.$/s/take_back \(granules \(place r\)\) l in/take_back [] l in/
