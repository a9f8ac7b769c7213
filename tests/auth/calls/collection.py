"""Requests to the routes of `collection`."""

from .making import Maker, call, ids, listed, name, new_name, query

CALLS: dict[str, Maker] = {
    "GET collections/<collection>/recent.atom": call("GET collections/<collection>/recent.atom"),
    "GET collections/<collection>/jsonld/": call("GET collections/<collection>/jsonld/"),
    "GET smart_collections/<smart>/recent.atom": call("GET smart_collections/<smart>/recent.atom"),
    "GET smart_collections/<smart>/jsonld/": call("GET smart_collections/<smart>/jsonld/"),
    "GET collections/": call("GET collections/", query_string=listed),
    "POST collections/": call("POST collections/", json=name),
    "GET collections/<collection>/": call("GET collections/<collection>/"),
    "PATCH collections/<collection>/": call("PATCH collections/<collection>/", json=new_name),
    "PUT collections/<collection>/": call("PUT collections/<collection>/", json=new_name),
    "DELETE collections/<collection>/": call("DELETE collections/<collection>/"),
    "GET collections/<collection>/media/": call("GET collections/<collection>/media/"),
    "POST collections/<collection>/media/": call("POST collections/<collection>/media/", json=ids),
    "DELETE collections/<collection>/media/": call(
        "DELETE collections/<collection>/media/", json=ids
    ),
    "GET smart_collections/": call("GET smart_collections/", query_string=listed),
    "POST smart_collections/": call("POST smart_collections/", json=query),
    "GET smart_collections/<smart>/": call("GET smart_collections/<smart>/"),
    "PATCH smart_collections/<smart>/": call("PATCH smart_collections/<smart>/", json=new_name),
    "PUT smart_collections/<smart>/": call("PUT smart_collections/<smart>/", json=new_name),
    "DELETE smart_collections/<smart>/": call("DELETE smart_collections/<smart>/"),
    "GET smart_collections/<smart>/media/": call("GET smart_collections/<smart>/media/"),
}
