"""Read an OME-Zarr 0.5 and an OME-TIFF that hold the same image, with zarr 3.1.6 and tifffile 2026.3.3; print what they say as JSON.

`channels` are the names of the channels, the same in both files or the test fails; empty where there are none."""
import json
import sys

import numpy as np
import tifffile
import zarr

group = zarr.open_group(sys.argv[1], mode="r")
multiscale = group.attrs["ome"]["multiscales"][0]
channels = [channel["label"] for channel in group.attrs["ome"].get("omero", {"channels": []})["channels"]]
pixels = group[multiscale["datasets"][0]["path"]][...]
scale = multiscale["datasets"][0]["coordinateTransformations"][0]["scale"]
axes = "".join(axis["name"].upper() for axis in multiscale["axes"])
with tifffile.TiffFile(sys.argv[2]) as file:
    series = file.series[0]
    same = file.is_bigtiff and file.is_ome and series.axes == axes and np.array_equal(series.asarray(), pixels)
    stated = tifffile.xml2dict(file.ome_metadata)["OME"]["Image"]["Pixels"]["Channel"]
    stated = [channel["Name"] for channel in (stated if isinstance(stated, list) else [stated]) if "Name" in channel]
    same = same and stated == channels
print(json.dumps({"shape": pixels.shape, "axes": axes, "spacing": scale[-2:], "same": bool(same), "channels": channels, "type": str(pixels.dtype)}))
